import { expect, test } from 'vitest';
import { parseIdx } from '@/data/idx';

const header = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3];

test('gives shape and values', () => {
  const { shape, data } = parseIdx('x', Uint8Array.from([...header, 1, 2, 3, 4, 5, 6]));
  expect(shape).toEqual([2, 3]);
  expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
});

test('reads a view that does not start at its buffer', () => {
  const whole = Uint8Array.from([9, 9, 9, ...header, 1, 2, 3, 4, 5, 6]);
  expect(parseIdx('x', whole.subarray(3))).toMatchObject({ shape: [2, 3] });
});

test.for([
  ['too short', [0, 0], 'it has 2 bytes'],
  ['gzipped', [0x1f, 0x8b, 8, 0], 'it is gzipped'],
  ['another format', [0x89, 0x50, 8, 1], 'it starts with 137 80'],
  ['floats', [0, 0, 0x0d, 1, 0, 0, 0, 0], 'value type 13'],
  ['no dimensions', [0, 0, 8, 0], 'no dimensions'],
  ['a cut header', [0, 0, 8, 3, 0, 0], 'header of 16 bytes is cut off'],
  ['a value missing', [...header, 1, 2, 3, 4, 5], 'shape [2, 3] takes 6 values, but 5 follow'],
  ['a value too many', [...header, 1, 2, 3, 4, 5, 6, 7], 'but 7 follow'],
] as const)('refuses %s', ([, bytes, message], { expect }) => {
  let error: unknown;
  try {
    parseIdx('images-idx3', Uint8Array.from(bytes));
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: 'data_decode', file: 'images-idx3' });
  expect(String(error)).toContain(message);
});
