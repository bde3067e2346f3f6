// The short sums of the Winograd transforms against the definition of a correlation and of a transpose.
import { describe, expect, it } from 'vitest';
import { randomBits } from '@/model/random';
import { apply, schemes, type Transform } from './winogradTransforms.ts';

const values = (count: number, salt: number): number[] =>
  Array.from({ length: count }, (_, i) => randomBits(salt, i) / 2 ** 31 - 1);

function matrix(transform: Transform): number[][] {
  const columns = Array.from({ length: transform.inputs }, (_, i) =>
    apply(
      transform,
      Array.from({ length: transform.inputs }, (__, j) => (i === j ? 1 : 0)),
    ),
  );
  return Array.from({ length: transform.outputs }, (_, o) => columns.map((column) => column[o] ?? NaN));
}

const transpose = (m: number[][]): number[][] => (m[0] ?? []).map((_, i) => m.map((row) => row[i] ?? NaN));

describe.each([2, 3, 4, 5] as const)('scheme %i', (number) => {
  const scheme = schemes[number];
  const { taps } = scheme;

  it('gives outputs of the correlation', () => {
    const d = values(scheme.points.length + 1, 1);
    const g = values(taps, 2);
    const weights = apply(scheme.weight, g);
    const inputs = apply(scheme.input, d);
    const y = apply(
      scheme.output,
      weights.map((weight, i) => weight * (inputs[i] ?? NaN)),
    );
    y.forEach((value, i) =>
      expect(value).toBeCloseTo(
        g.reduce((sum, tap, k) => sum + tap * (d[i + k] ?? NaN), 0),
        12,
      ),
    );
  });

  it.each(['input', 'output', 'weight'] as const)('transposes %s', (name) => {
    const expected = transpose(matrix(scheme[name]));
    matrix(scheme[`${name}Transposed`]).forEach((row, i) =>
      row.forEach((value, j) => expect(value).toBeCloseTo(expected[i]?.[j] ?? NaN, 12)),
    );
  });
});
