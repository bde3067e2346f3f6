import { describe, expect, it } from 'vitest';
import { type NumberRange, readNumber, stepped } from '@/model/numberRange';

const whole: NumberRange = { kind: 'integer', min: 3, max: 28, step: 1, scale: 'linear' };
const real: NumberRange = { kind: 'number', min: -1e6, max: 1e6, step: 0.5, scale: 'linear' };
const rate: NumberRange = { kind: 'number', min: 0, max: 10, step: 10 ** 0.25, scale: 'log' };

describe('a typed number of a range', () => {
  it.each([
    ['9', whole, 9],
    ['2e1', whole, 20],
    ['28', whole, 28],
    ['1e5', real, 1e5],
    ['−2,5', real, -2.5],
    ['0', rate, 0],
  ] as const)('%j is taken', (text, range, value) => {
    expect(readNumber(text, range)).toEqual({ ok: true, value });
  });

  it.each([
    ['', whole, { code: 'empty' }],
    ['nine', whole, { code: 'not_a_number' }],
    ['9.7', whole, { code: 'not_an_integer' }],
    ['99', whole, { code: 'too_large', min: 3, max: 28 }],
    ['2', whole, { code: 'too_small', min: 3, max: 28 }],
    ['1e999', real, { code: 'too_large', min: -1e6, max: 1e6 }],
    ['1,234', real, { code: 'ambiguous', readings: ['1234', '1.234'] }],
  ] as const)('%j is refused with its reason', (text, range, problem) => {
    expect(readNumber(text, range)).toEqual({ ok: false, problem });
  });
});

describe('arrow keys', () => {
  it.each([
    [whole, 27, 1, 28],
    [whole, 28, 1, 28],
    [whole, 99, 1, 28],
    [whole, 3, -1, 3],
    [real, 1234.5, 1, 1235],
    [real, 0.1, 1, 0.6],
    [real, -0.5, 1, 0],
    [rate, 0.01, 1, 0.0178],
    [rate, 0.01, -1, 0.00562],
    [rate, 0, 1, 1e-5],
    [rate, 1e-5, -1, 0],
  ] as const)('from %#: %o %d in direction %d is %d', (range, from, direction, to) => {
    expect(stepped(range, from, direction)).toBe(to);
  });
});
