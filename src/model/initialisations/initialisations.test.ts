// Every initialisation of the registry, over random settings, and against what torch.nn.init draws (fixtures/pytorch/initialisations.py).
import { describe, expect, it } from 'vitest';
import { specAt } from '@/model/testing/arbitrarySpecs';
import { drawn, initialisations, type WeightInit } from '@/model/initialisations';
import { orthonormalised } from '@/model/initialisations/orthogonal';
import { keysOf } from '@/model/kindFields';
import { sizeOf } from '@/model/tensor';
import text from '../../../fixtures/pytorch/initialisations.json?raw';

interface Statistics {
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
}
interface InitialisationFile {
  readonly statistics: readonly (Statistics & {
    readonly init: WeightInit;
    readonly shape: readonly number[];
    readonly fanIn: number;
    readonly fanOut: number;
  })[];
  readonly orthogonal: readonly {
    readonly shape: readonly number[];
    readonly gain: number;
    readonly normal: readonly number[];
    readonly result: readonly number[];
  }[];
}
const pytorch = JSON.parse(text) as InitialisationFile;

function statisticsOf(values: ArrayLike<number>): Statistics {
  const all = Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const squares = all.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const [min, max] = all.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [
    Infinity,
    -Infinity,
  ] as readonly [number, number]);
  return { mean, std: Math.sqrt(squares / all.length), min, max };
}

describe.each(keysOf(initialisations))('%s', (kind) => {
  const { defaults, fields } = initialisations[kind];

  it.each(['weight', 'bias'] as const)('draws a %s of finite numbers, the same from one key', (role) => {
    for (let at = 0; at < 10; at += 1) {
      const init = specAt<WeightInit>(defaults, fields, at);
      const tensor = { role, shape: [40, 50], count: 2000, fanIn: 50, fanOut: 40, key: at };
      const values = drawn(init, tensor);
      expect(values.length).toBe(tensor.count);
      expect(values.every(Number.isFinite)).toBe(true);
      const { mean, std } = statisticsOf(values);
      const middle = init.kind === 'constant' && role === 'weight' ? Math.fround(init.value) : 0;
      // Five standard errors of a mean.
      expect(Math.abs(mean - middle)).toBeLessThanOrEqual(5 * (std / Math.sqrt(tensor.count)) + 1e-12);
      expect(drawn(init, tensor)).toEqual(values);
    }
  });

  it.runIf(kind !== 'default')('is held against PyTorch', () => {
    expect(pytorch.statistics.some(({ init }) => init.kind === kind)).toBe(true);
  });
});

it.each(pytorch.statistics)(
  '$init in $shape: the distribution of PyTorch',
  ({ init, shape, ...expected }) => {
    const { fanIn, fanOut } = expected;
    const count = sizeOf(shape);
    const actual = statisticsOf(drawn(init, { role: 'weight', shape, count, fanIn, fanOut, key: 5 }));
    // Both are random: five standard errors of a mean and of a deviation (0.71 std / sqrt(n)), for two samples.
    const tolerance = 5 * Math.SQRT2 * (expected.std / Math.sqrt(count)) + 1e-9;
    expect(Math.abs(actual.mean - expected.mean)).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(actual.std - expected.std)).toBeLessThanOrEqual(0.71 * tolerance);
    // Extremes of so many values: those of a uniform differ by under 1 %, those of a normal (4 to 5.5 std) by under 40 %.
    const spread = expected.max < 1.9 * expected.std ? 0.01 : 0.4;
    expect(Math.abs(actual.max - expected.max)).toBeLessThanOrEqual(spread * Math.abs(expected.max));
    expect(Math.abs(actual.min - expected.min)).toBeLessThanOrEqual(spread * Math.abs(expected.min));
  },
);

describe('orthogonal', () => {
  it.each(pytorch.orthogonal)(
    'makes of a matrix in $shape what PyTorch makes',
    ({ shape, gain, normal, result }) => {
      const rows = shape[0] ?? 0;
      const found = orthonormalised((index) => normal[index] ?? NaN, rows, normal.length / rows);
      result.forEach((value, i) => expect(gain * found(i)).toBeCloseTo(value, 12));
    },
  );

  it.each([[[120, 40]], [[40, 120]], [[60, 60]], [[16, 6, 5, 5]]])(
    'draws orthonormal rows or columns in %o',
    (shape) => {
      const count = sizeOf(shape);
      const [rows = 0] = shape;
      const cols = count / rows;
      const tensor = { role: 'weight', shape, count, fanIn: 1, fanOut: 1, key: 3 } as const;
      const w = drawn({ kind: 'orthogonal', gain: 2 }, tensor);
      const vectors = Math.min(rows, cols);
      const value = (v: number, i: number): number =>
        (rows < cols ? w[v * cols + i] : w[i * cols + v]) ?? NaN;
      for (let a = 0; a < vectors; a += 1)
        for (let b = 0; b <= a; b += 1) {
          let dot = 0;
          for (let i = 0; i < Math.max(rows, cols); i += 1) dot += value(a, i) * value(b, i);
          // Roundings to float32 of gain times a vector of length 1.
          expect(Math.abs(dot - (a === b ? 4 : 0))).toBeLessThan(1e-6);
        }
    },
  );
});
