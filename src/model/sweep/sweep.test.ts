import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hyperparameter } from '@/model/hyperparameters';
import type { HyperparameterKey } from '@/model/hyperparameter';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { validateConfig } from '@/model/validate';
import {
  choicesOf,
  dimensionProblem,
  gridValues,
  pointCount,
  sweepable,
  sweepPoints,
  sweepRuns,
  type RangeDimension,
  type SweepDimension,
  type SweepSpec,
} from './sweep';

const base = defaultConfig('lenet');
const read = (key: HyperparameterKey, config: RunConfig): unknown => hyperparameter(key).read(config);
const range = (change: Partial<RangeDimension>): RangeDimension => ({
  kind: 'range',
  key: 'learningRate',
  low: 0.001,
  high: 0.1,
  scale: 'log',
  count: 3,
  ...change,
});
const spec = (dimensions: readonly SweepDimension[], change: Partial<SweepSpec> = {}): SweepSpec => ({
  base,
  dimensions,
  method: 'grid',
  points: 10,
  drawSeed: 0,
  seeds: 1,
  ...change,
});

const rate = fc
  .record({
    low: fc.double({ min: 1e-5, max: 0.1, noNaN: true }),
    factor: fc.double({ min: 1.5, max: 100, noNaN: true }),
  })
  .chain(({ low, factor }) =>
    fc.record({
      kind: fc.constant('range' as const),
      key: fc.constant('learningRate' as const),
      low: fc.constant(Number(low.toPrecision(3))),
      high: fc.constant(Number((low * factor).toPrecision(3))),
      scale: fc.constantFrom('log' as const, 'linear' as const),
      count: fc.integer({ min: 2, max: 6 }),
    }),
  );
const batch = fc
  .record({ low: fc.integer({ min: 1, max: 60 }), more: fc.integer({ min: 1, max: 200 }) })
  .chain(({ low, more }) =>
    fc.record({
      kind: fc.constant('range' as const),
      key: fc.constant('batchSize' as const),
      low: fc.constant(low),
      high: fc.constant(low + more),
      scale: fc.constantFrom('log' as const, 'linear' as const),
      count: fc.integer({ min: 2, max: 5 }),
    }),
  );
const shuffle = fc.constant<SweepDimension>({ kind: 'list', key: 'shuffle', values: [false, true] });
const dimensions = fc
  .subarray([0, 1, 2], { minLength: 1 })
  .chain((which) => fc.tuple(...which.map((i) => [rate, batch, shuffle][i] ?? shuffle)));

describe('a grid', () => {
  it('has every combination once, within the ranges, their ends among them, and nothing else changed', () => {
    fc.assert(
      fc.property(dimensions, (all) => {
        const one = spec(all);
        const points = sweepPoints(one);
        expect(points).toHaveLength(pointCount(one));
        expect(new Set(points.map((config) => JSON.stringify(config))).size).toBe(points.length);
        for (const dimension of all) {
          const values = gridValues(dimension);
          expect(new Set(points.map((config) => read(dimension.key, config)))).toEqual(new Set(values));
          if (dimension.kind === 'range')
            expect([values[0], values.at(-1)]).toEqual([dimension.low, dimension.high]);
        }
        for (const config of points) {
          const { learningRate, batchSize, shuffle: isShuffled } = base;
          expect({ ...config, learningRate, batchSize, shuffle: isShuffled }).toEqual(base);
          expect(validateConfig(config)).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is even on its scale', () => {
    expect(gridValues(range({ count: 5 }))).toEqual([0.001, 0.00316, 0.01, 0.0316, 0.1]);
    expect(gridValues(range({ scale: 'linear', low: 0, high: 0.9, count: 4 }))).toEqual([0, 0.3, 0.6, 0.9]);
    // Whole numbers that come out alike are one.
    expect(gridValues(range({ key: 'batchSize', low: 1, high: 3, count: 9 }))).toEqual([1, 2, 3]);
  });

  it('has a choice before what belongs to it, and one point where a value changes nothing', () => {
    const points = sweepPoints(
      spec([
        range({ key: 'momentum', scale: 'linear', low: 0, high: 0.9, count: 2 }),
        { kind: 'list', key: 'optimizer', values: ['SGD', 'Adam'] },
      ]),
    );
    expect(points.map((config) => [config.optimizer.kind, read('momentum', config)])).toEqual([
      ['SGD', 0],
      ['Adam', undefined],
      ['SGD', 0.9],
    ]);
  });
});

describe('random points', () => {
  it('are the same for the same seed, unlike each other and for another, and lie within the ranges', () => {
    fc.assert(
      fc.property(dimensions, fc.nat(1000), fc.integer({ min: 1, max: 20 }), (all, drawSeed, points) => {
        const one = spec(all, { method: 'random', points, drawSeed });
        const drawn = sweepPoints(one);
        expect(sweepPoints(one)).toEqual(drawn);
        expect(sweepPoints({ ...one, points: points + 5 }).slice(0, drawn.length)).toEqual(drawn);
        expect(drawn.length).toBeLessThanOrEqual(points);
        expect(new Set(drawn.map((config) => JSON.stringify(config))).size).toBe(drawn.length);
        for (const dimension of all)
          for (const config of drawn) {
            const value = read(dimension.key, config);
            if (dimension.kind === 'list') expect(dimension.values).toContain(value);
            else {
              expect(value).toBeGreaterThanOrEqual(dimension.low);
              expect(value).toBeLessThanOrEqual(dimension.high);
            }
          }
      }),
      { numRuns: 100 },
    );
    const one = spec([range({})], { method: 'random' });
    expect(sweepPoints(one)).not.toEqual(sweepPoints({ ...one, drawSeed: 1 }));
  });

  it('are spread evenly over the scale, and over choices', () => {
    const one = spec([range({}), { kind: 'list', key: 'shuffle', values: [false, true] }], {
      method: 'random',
      points: 400,
    });
    const drawn = sweepPoints(one);
    // Of 400, a half within four standard deviations.
    const half = (count: number): void => expect(Math.abs(count - 200)).toBeLessThan(40);
    half(drawn.filter(({ learningRate }) => learningRate < 0.01).length);
    half(drawn.filter((config) => config.shuffle).length);
  });

  it('are as many as there are where they are few', () => {
    const few = spec([{ kind: 'list', key: 'shuffle', values: [false, true] }], {
      method: 'random',
      points: 9,
    });
    expect(sweepPoints(few)).toHaveLength(2);
  });
});

describe('the runs of a sweep', () => {
  it('are all points with one seed, then with the next, and know their point', () => {
    const { runs, points, invalid } = sweepRuns(spec([range({})], { seeds: 2 }), 's');
    expect([points, invalid]).toEqual([3, []]);
    expect(runs.map(({ config, sweep }) => [config.learningRate, config.seed, sweep.point])).toEqual([
      [0.001, base.seed, 0],
      [0.01, base.seed, 1],
      [0.1, base.seed, 2],
      [0.001, base.seed + 1, 0],
      [0.01, base.seed + 1, 1],
      [0.1, base.seed + 1, 2],
    ]);
    expect(runs[0]?.sweep).toEqual({ id: 's', point: 0, keys: ['learningRate'] });
  });

  it('are without the points that cannot be trained', () => {
    const batches: SweepDimension = { kind: 'list', key: 'batchSize', values: [64, 4096] };
    const few = { ...base, trainingImages: 1000, dropLast: true };
    const { runs, invalid } = sweepRuns(spec([batches], { base: few }), 's');
    expect([runs.map(({ config }) => config.batchSize), invalid.map(({ batchSize }) => batchSize)]).toEqual([
      [64],
      [4096],
    ]);
  });
});

it('says what is wrong with a dimension', () => {
  const codeOf = (dimension: SweepDimension) => dimensionProblem(dimension)?.code ?? null;
  expect(codeOf(range({}))).toBeNull();
  expect(codeOf(range({ low: 0.1 }))).toBe('empty_range');
  expect(codeOf(range({ key: 'momentum', low: 0, high: 0.9 }))).toBe('not_logarithmic');
  expect(codeOf(range({ key: 'momentum', low: 0.1, high: 9 }))).toBe('out_of_range');
  expect(codeOf(range({ count: 1 }))).toBe('no_count');
  expect(codeOf({ kind: 'list', key: 'shuffle', values: [] })).toBe('no_values');
  expect(codeOf({ kind: 'list', key: 'batchSize', values: [64, 1.5] })).toBe('out_of_range');
});

it('offers every setting that exists, and those of a choice that is swept', () => {
  const keys = (swept: readonly HyperparameterKey[]) => sweepable(base, swept).map(({ key }) => key);
  expect(keys([])).not.toContain('seed');
  expect(keys([])).toContain('momentum');
  expect(keys([])).not.toContain('beta1');
  expect(keys(['optimizer'])).toContain('beta1');
  expect(choicesOf(hyperparameter('network'))).not.toContain('custom');
  expect(choicesOf(hyperparameter('shuffle'))).toEqual([false, true]);
  expect(choicesOf(hyperparameter('learningRate'))).toBeNull();
});
