import { describe, expect, it } from 'vitest';
import { fragmentText, linkParams, repairedAddress } from '@/session/linkText';

describe('the query of a link', () => {
  const whole = [
    ['network', 'lenet'],
    ['epochs', '3'],
  ];
  it.each([
    '?network=lenet&epochs=3',
    '#network=lenet&epochs=3',
    '?network%3Dlenet%26epochs%3D3',
    '?network%253Dlenet%2526epochs%253D3',
    '?network%3Dlenet%26epochs%3D3&fbclid=x&utm_source=y',
    '?network=lenet&amp;epochs=3',
    '?network=lenet&epochs=3.',
    '?network=lenet&epochs=3)',
    '?network=lenet&epochs=3%E3%80%82',
    '?network=lenet&epochs=3%22%3E',
    '?utm_source=x&network=lenet&fbclid=y&epochs=3&utm_campaign=z',
    '?network=lenet&from=singlemessage&isappinstalled=0&epochs=3&vd_source=1&_ga=2.1',
  ])('%s', (query) => {
    expect(linkParams(query)).toEqual(whole);
  });

  it('keeps JSON, and a percent sign that is meant', () => {
    const layers = '{"name":"50% (a=b)","layers":[]}';
    expect(linkParams(`?${new URLSearchParams({ network: 'custom', layers }).toString()}`)).toEqual([
      ['network', 'custom'],
      ['layers', layers],
    ]);
    expect(linkParams('?%E0%A4%A')).toEqual([['\ufffd%A', '']]);
  });

  it.each(['lerningRate', 'learning_rate', 'batch_size', 'weight_decay', 'lr', 'clip', 'mc', 'at', 'utm'])(
    'does not take %s for a tracking parameter',
    (name) => {
      expect(linkParams(`?${name}=1`)).toEqual([[name, '1']]);
    },
  );
});

describe('a parameter behind #', () => {
  it.each([
    '#lab=AQ-_9',
    '#lab%3DAQ-_9',
    '#lab%253DAQ-_9',
    '#/lab=AQ-_9',
    '#lab=AQ-_9.',
    '#lab=AQ-_9)%E3%80%82',
    '#lab=AQ%20-%0A_9',
    '#lab=AQ\u200b-_9',
    '#lab=AQ-_9&utm_source=x',
  ])('%s', (hash) => {
    expect(fragmentText(hash, 'lab')).toBe('AQ-_9');
  });

  it('is empty where it was cut off, and null where another or none is given', () => {
    expect(fragmentText('#lab', 'lab')).toBe('');
    expect(fragmentText('#lab=', 'lab')).toBe('');
    expect(fragmentText('', 'lab')).toBeNull();
    expect(fragmentText('#content', 'lab')).toBeNull();
    expect(fragmentText('#network=lenet', 'lab')).toBeNull();
    expect(fragmentText('#lab%', 'lab')).toBeNull();
  });
});

it('restores the ? and # of an address that was encoded whole', () => {
  expect(repairedAddress('/conv-lab%23lab%3DAQ', '')).toBe('/conv-lab#lab%3DAQ');
  expect(repairedAddress('/%3Fnetwork%3Dlenet', '#x')).toBe('/?network%3Dlenet#x');
  expect(repairedAddress('/conv-lab', '#lab%3DAQ')).toBeNull();
});
