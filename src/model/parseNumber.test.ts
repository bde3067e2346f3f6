import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNumber, type NumberKind } from '@/model/parseNumber';

const value = (text: string, kind: NumberKind = 'number'): number | string => {
  const parsed = parseNumber(text, kind);
  return parsed.ok ? parsed.value : parsed.problem.code;
};
const readings = (text: string, kind: NumberKind): readonly string[] => {
  const parsed = parseNumber(text, kind);
  return parsed.ok || parsed.problem.code !== 'ambiguous' ? [] : parsed.problem.readings;
};

describe('a number that somebody typed', () => {
  it.each([
    ['5', 5],
    ['007', 7],
    ['+5', 5],
    ['-0.25', -0.25],
    ['.5', 0.5],
    ['5.', 5],
    ['1e5', 1e5],
    ['2E3', 2e3],
    ['1e-3', 1e-3],
    ['1.5e+2', 150],
    ['1e999', Infinity],
    // Typeset: U+2212, a hyphen that does not break, an en dash.
    ['−3', -3],
    ['1e−3', 1e-3],
    ['1e‑3', 1e-3],
    ['–3', -3],
    // A Chinese keyboard.
    ['１２', 12],
    ['０．５', 0.5],
    ['－３', -3],
    ['１ｅ－３', 1e-3],
    ['0。5', 0.5],
    ['\u3000４２\u3000', 42],
    // What comes along when text is copied.
    [' 42\n', 42],
    ['\u00a042\u200b', 42],
    ['\ufeff\u200e-42\u202c', -42],
    ['- 3', -3],
    // Powers and fractions, as papers and textbooks write them.
    ['10⁻³', 1e-3],
    ['-10^2', -100],
    ['10**-3', 1e-3],
    ['2 × 10⁻⁴', 2e-4],
    ['2.5*10^-4', 2.5e-4],
    ['3·10²', 300],
    ['1/9', 1 / 9],
    ['−2 / 16', -0.125],
    ['1⁄3', 1 / 3],
  ])('%j is %d', (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  it.each([
    ['0,5', 0.5],
    ['-,25', -0.25],
    ['1,5e-3', 1.5e-3],
    ['12,50', 12.5],
    ['0,001', 0.001],
    ['1234,567', 1234.567],
  ])('a decimal comma: %j is %d', (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  it.each([
    ['1,234,567', 1_234_567],
    ['1,234.5', 1234.5],
    ['1.234,5', 1234.5],
    ['1.234.567', 1_234_567],
    ['60 000', 60_000],
    ['60\u202f000,5', 60_000.5],
    ["60'000", 60_000],
    ['60’000.25', 60_000.25],
    ['60_000', 60_000],
  ])('grouped thousands: %j is %d', (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  it('reads one group of three with a comma where the number must be whole, and nowhere else', () => {
    expect(value('60,000', 'integer')).toBe(60_000);
    expect(value('６０，０００', 'integer')).toBe(60_000);
    expect(value('60,000')).toBe('ambiguous');
    expect(readings('1,234', 'number')).toEqual(['1234', '1.234']);
    expect(readings('1,234e2', 'number')).toEqual(['1234e2', '1.234e2']);
  });

  it('does not take the German 60.000 for 60, nor 6,0000 for 6', () => {
    expect(readings('60.000', 'integer')).toEqual(['60000', '60.000']);
    expect(value('6,0000', 'integer')).toBe('ambiguous');
    expect(value('60.000', 'number')).toBe(60);
    expect(value('2.5', 'integer')).toBe(2.5);
    expect(value('0.125', 'integer')).toBe(0.125);
  });

  it.each(['', '  ', '\u200b', '\u3000'])('%j is empty', (text) => {
    expect(value(text)).toBe('empty');
  });

  it.each([
    '.',
    ',',
    '-',
    'e5',
    '1e',
    '1e-',
    '1e2.5',
    '--3',
    '1 2',
    '12 34',
    '1,23,456',
    '1,234,56',
    '1.2.3',
    '1,234,567,8.9.1',
    '0,123,456',
    '60_00',
    'abc',
    '5 epochs',
    '5%',
    'NaN',
    'Infinity',
    '∞',
    '0x10',
    '1/0',
    '1/2/3',
    '1/',
    '/2',
    '1²',
    '10³³.5',
    '٣',
  ])('%j is not a number', (text) => {
    expect(value(text)).toBe('not_a_number');
  });

  it('gives every number back that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(value(String(number))).toBe(number === 0 ? 0 : number);
      }),
      { numRuns: 500, seed: 1 },
    );
    fc.assert(
      fc.property(fc.maxSafeInteger(), (number) => {
        for (const text of [String(number), number.toLocaleString('en'), number.toLocaleString('zh-CN')]) {
          expect(value(text, 'integer')).toBe(number);
        }
        // French and Swiss group by other characters, German by a point, which one group leaves unclear.
        for (const language of ['fr', 'de-CH']) {
          expect(value(number.toLocaleString(language), 'integer')).toBe(number);
        }
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  it('never throws, and gives a number or says why', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom<NumberKind>('integer', 'number'),
        (text, kind) => {
          const parsed = parseNumber(text, kind);
          if (parsed.ok) expect(parsed.value).not.toBeNaN();
        },
      ),
      { numRuns: 500, seed: 3 },
    );
  });
});
