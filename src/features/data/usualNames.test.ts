import { expect, test } from 'vitest';
import { classNamesSchema } from '@/model/dataSet';
import * as v from 'valibot';
import { likelyNames, usualIds, usualNames } from './usualNames';

test('usual names can be names of classes', () => {
  for (const id of usualIds) expect(v.parse(classNamesSchema, usualNames[id])).toHaveLength(10);
});

test.each([
  ['FashionMNIST', 'fashion'],
  ['fashion-mnist-master', 'fashion'],
  ['KMNIST', 'kuzushiji'],
  ['k-mnist', 'kuzushiji'],
  ['Kuzushiji', 'kuzushiji'],
  ['MNIST', null],
  ['emnist', null],
  ['', null],
])('a folder %s most likely has the names of %s', (name, id) => {
  expect(likelyNames({ name, classNames: [...usualNames.digits] })).toBe(id);
});

test('names that the files give stay', () => {
  expect(likelyNames({ name: 'FashionMNIST', classNames: ['upper', 'lower'] })).toBeNull();
});
