import { describe, expect, it } from 'vitest';
import { hyperparameter } from '@/model/hyperparameters';
import { defaultConfig } from '@/model/presets';
import { sweepRuns, type SweepDimension } from '@/model/sweep/sweep';
import type { RecordedRun } from '@/storage/runs/runSchema';
import { runOf } from '@/storage/testing/runWrites';
import { binsOf, placesOf, sweepHeat } from './sweepAxis';
import { bestPoint, goodness, pointResults, sweepsOf, type Sweep } from './sweepResults';

const base = defaultConfig('lenet');
const dimensions: readonly SweepDimension[] = [
  { kind: 'range', key: 'learningRate', low: 0.01, high: 0.1, scale: 'log', count: 2 },
  { kind: 'list', key: 'shuffle', values: [false, true] },
];
const { runs: planned } = sweepRuns(
  { base, dimensions, method: 'grid', points: 0, drawSeed: 0, seeds: 2 },
  's',
);

/** Runs of the sweep, as recorded, with these accuracies and losses; null: it trains still. */
const recorded = (accuracies: readonly (number | null)[], losses: readonly number[] = []): RecordedRun[] =>
  accuracies.map((accuracy, i) => {
    const run = runOf(`run-${i}`, 10);
    const { config, sweep } = planned[i] ?? { config: base, sweep: null };
    return {
      ...run,
      createdAt: 100 + i,
      config,
      sweep,
      phase: accuracy === null ? 'training' : 'finished',
      summary: {
        ...run.summary,
        lastLoss: losses[i] ?? 1,
        lastAccuracy: accuracy,
        bestAccuracy: accuracy,
      },
    };
  });

/** Points 0 to 3 with the first seed, then with the second. */
const runs = recorded([0.5, 0.9, 0.7, null, 0.7, 0.8, null, null], [1, 2, Number.NaN, 4]);
const [sweep] = sweepsOf([runOf('other', 5), ...runs]) as [Sweep];

describe('a sweep', () => {
  it('is found by its runs, the newest first', () => {
    expect(sweep).toMatchObject({ id: 's', createdAt: 100, runs });
    expect(sweep.fields.map(({ key }) => key)).toEqual(['learningRate', 'shuffle']);
    const [first] = runs;
    if (first === undefined) throw new Error('no runs');
    const later = { ...first, id: 'later', createdAt: 900, sweep: { id: 't', point: 0, keys: ['momentum'] } };
    expect(sweepsOf([...runs, later]).map(({ id }) => id)).toEqual(['t', 's']);
    expect(sweepsOf([runOf('other', 5)])).toEqual([]);
  });

  it('ranks its points by their means over the seeds that have ended', () => {
    const results = pointResults(sweep, 'lastAccuracy');
    expect(results.map(({ point, count }) => [point, count])).toEqual([
      [1, 2],
      [2, 1],
      [0, 2],
      [3, 0],
    ]);
    expect(results[0]?.mean).toBeCloseTo(0.85);
    expect(results[0]?.deviation).toBeCloseTo(Math.sqrt(0.005));
    expect([results[1]?.deviation, results[3]?.mean]).toEqual([null, null]);
    expect(results[0]?.values).toEqual([0.01, true]);
    expect(bestPoint(results)?.config).toEqual({ ...base, learningRate: 0.01, shuffle: true });
    expect(bestPoint(pointResults({ ...sweep, runs: recorded([null]) }, 'lastLoss'))).toBeUndefined();
  });

  it('has the least loss first, and NaN last', () => {
    const results = pointResults(sweep, 'lastLoss');
    // Point 0: 1 and 1, point 1: 2 and 1.
    expect(results.map(({ point }) => point)).toEqual([0, 1, 2, 3]);
    const good = goodness(results, 'lastLoss');
    expect([good(1), good(1.5), good(Number.NaN), good(null)]).toEqual([1, 0, null, null]);
    const share = goodness(pointResults(sweep, 'lastAccuracy'), 'lastAccuracy');
    expect(share(0.85)).toBeCloseTo(1);
    expect(share(0.6)).toBeCloseTo(0);
  });
});

describe('its axes', () => {
  it('have a heat map of means over two dimensions', () => {
    const heat = sweepHeat(pointResults(sweep, 'lastAccuracy'), sweep.fields, [0, 1]);
    expect(heat?.columns.map(({ first }) => first)).toEqual([0.01, 0.1]);
    expect(heat?.rows.map(({ first }) => first)).toEqual([false, true]);
    expect(heat?.cells.map((row) => row.map(({ mean }) => mean?.toFixed(2) ?? null))).toEqual([
      ['0.60', '0.70'],
      ['0.85', null],
    ]);
    expect(sweepHeat([], sweep.fields, [0, 5])).toBeNull();
  });

  it('cut many values into stretches, evenly on their scale, each value in one of them', () => {
    const values = Array.from({ length: 40 }, (_, i) => 0.001 * 100 ** (i / 39));
    const bins = binsOf(hyperparameter('learningRate'), values);
    expect(bins).toHaveLength(7);
    // A grid's stay as they are.
    expect(
      binsOf(hyperparameter('learningRate'), [...values.slice(0, 10), ...values.slice(0, 10)]),
    ).toHaveLength(10);
    for (const value of values) expect(bins.filter(({ holds }) => holds(value))).toHaveLength(1);
    expect(
      [bins[0]?.first, bins[0]?.last, bins.at(-1)?.last].map((edge) => Number(edge).toPrecision(3)),
    ).toEqual(['0.00100', '0.00193', '0.100']);
    expect(binsOf(hyperparameter('batchSize'), [64, 16, undefined, 64]).map(({ first }) => first)).toEqual([
      16,
      64,
      undefined,
    ]);
  });

  it('place numbers by size, choices evenly', () => {
    const rate = placesOf(hyperparameter('learningRate'), [0.1, 0.001, 0.01]);
    expect([rate(0.001), rate(0.01), rate(0.1)].map((place) => place?.toFixed(3))).toEqual([
      '0.000',
      '0.500',
      '1.000',
    ]);
    const optimizer = placesOf(hyperparameter('optimizer'), ['Adam', 'SGD']);
    expect([optimizer('SGD'), optimizer('Adam'), optimizer(undefined)]).toEqual([0, 1, null]);
    expect(placesOf(hyperparameter('momentum'), [0.9])(0.9)).toBe(0.5);
  });
});
