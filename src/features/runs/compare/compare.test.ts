import { describe, expect, it } from 'vitest';
import { defaultConfig } from '@/model/presets';
import { layerQuantities } from '@/model/layerQuantities';
import type { RunConfig } from '@/model/runConfig';
import { RecordedMetrics } from '@/storage/runs/recordedMetrics';
import { runOf } from '@/storage/testing/runWrites';
import { countClasses } from '@/model/classCounts';
import { curveOf, layersOf, lastFullTest, lineCurve, type ComparedRun } from './compareCurves';
import { configDifferences } from './configDifferences';

const tensor = { mean: 0, std: 0.5, maxAbs: 1, zeroShare: 0.25, nonFinite: 0 };

function compared(losses: readonly number[]): ComparedRun {
  const metrics = new RecordedMetrics();
  const loss = Float32Array.from(losses);
  metrics.append({ firstStep: 0, loss, accuracy: loss.map(() => 0.5), learningRate: loss.map(() => 0.1) }, 8);
  const classes = countClasses(Uint8Array.of(1), Uint8Array.of(1));
  const test = { epoch: 1, sumOfBatchMeans: 0, count: 1, classes };
  return {
    run: {
      ...runOf('a', losses.length),
      config: { ...defaultConfig('lenet'), trainingImages: 128, batchSize: 64 },
    },
    metrics,
    tests: [
      { ...test, step: 1, extent: 'quick', loss: 9, accuracy: 0.1 },
      { ...test, step: 2, extent: 'full', loss: 2, accuracy: 0.5 },
      { ...test, step: 4, extent: 'full', loss: 1, accuracy: 0.75 },
    ],
    statistics: [0, 3].map((step) => ({
      step,
      layers: [
        { name: 'conv1', weight: tensor, gradient: tensor, input: tensor, deadShare: 0, updateRatio: step },
      ],
      running: [],
    })),
    curvature: [0, 3].map((step) => ({
      step,
      eigenvalue: 20 + step,
      stable: 20,
      iterations: 9,
      isConverged: true,
      milliseconds: 100,
    })),
  };
}

const run = compared([4, 3, Number.NaN, 1]);
const shown = (...args: Parameters<typeof curveOf>): [number, number][] =>
  curveOf(...args).map(({ step, value }) => [step, value]);

describe('a line of a run', () => {
  it('goes by steps from 1, by epochs, or by the seconds of training', () => {
    const loss = { kind: 'loss' } as const;
    expect(shown(run, loss, 'step', 0)).toEqual([
      [1, 4],
      [2, 3],
      [3, Number.NaN],
      [4, 1],
    ]);
    expect(shown(run, loss, 'epoch', 0).map(([at]) => at)).toEqual([0.5, 1, 1.5, 2]);
    expect(shown(run, loss, 'seconds', 0).map(([at]) => at)).toEqual([2, 4, 6, 8]);
  });

  it('shows full tests, and what was measured of a layer', () => {
    expect(shown(run, { kind: 'testAccuracy' }, 'step', 0)).toEqual([
      [2, 0.5],
      [4, 0.75],
    ]);
    expect(shown(run, { kind: 'testLoss' }, 'seconds', 0)).toEqual([
      [4, 2],
      [8, 1],
    ]);
    const [update] = layerQuantities;
    if (update === undefined) throw new Error('no quantities');
    expect(shown(run, { kind: 'layer', quantity: update, layer: 'conv1' }, 'step', 0)).toEqual([
      [1, 0],
      [4, 3],
    ]);
    expect(shown(run, { kind: 'curvature' }, 'seconds', 0)).toEqual([
      [0, 20],
      [6, 23],
    ]);
    expect(curveOf(run, { kind: 'layer', quantity: update, layer: 'fc9' }, 'step', 0)).toEqual([]);
    expect(layersOf([run, run])).toEqual(['conv1']);
    expect(lastFullTest(run)?.step).toBe(4);
  });

  it('smooths what comes every step, and nothing else', () => {
    const flat = compared([4, 2]);
    expect(curveOf(flat, { kind: 'loss' }, 'step', 0.5).map(({ smoothed }) => smoothed)[1]).toBeCloseTo(
      8 / 3,
    );
    expect(curveOf(flat, { kind: 'testLoss' }, 'step', 0.5).map(({ smoothed }) => smoothed)).toEqual([2, 1]);
  });
});

describe('a line of several seeds', () => {
  const line = { name: 'a', runs: [compared([4, 3, 2, 1]), compared([2, 3, Number.NaN])] };

  it('is their mean, with its spread, as far as all go', () => {
    const points = lineCurve(line, { kind: 'loss' }, 'step', 0);
    expect(points.map(({ step, value }) => [step, value])).toEqual([
      [1, 3],
      [2, 3],
      [3, Number.NaN],
    ]);
    expect(points[0]?.deviation).toBeCloseTo(Math.SQRT2);
    expect(points[1]?.deviation).toBe(0);
    // 4 steps in 8 seconds, and 3.
    expect(lineCurve(line, { kind: 'loss' }, 'seconds', 0)[0]?.step).toBeCloseTo((2 + 8 / 3) / 2);
    expect(lineCurve(line, { kind: 'testAccuracy' }, 'epoch', 0)).toMatchObject([
      { step: 1, value: 0.5, deviation: 0 },
      { step: 2, value: 0.75, deviation: 0 },
    ]);
  });

  it('of one is that run', () => {
    const [one] = line.runs;
    if (one === undefined) throw new Error('no run');
    const figure = { kind: 'loss' } as const;
    expect(lineCurve({ name: 'b', runs: [one] }, figure, 'step', 0.5)).toEqual(
      curveOf(one, figure, 'step', 0.5),
    );
    expect(lineCurve({ name: 'c', runs: [] }, figure, 'step', 0)).toEqual([]);
  });
});

describe('differences of settings', () => {
  const config = defaultConfig('lenet');
  const keysOf = (...configs: Parameters<typeof configDifferences>[0]): string[] =>
    configDifferences(configs).map(({ field }) => field.key);

  it('are those that are not the same in all runs', () => {
    expect(keysOf(config, config)).toEqual([]);
    expect(configDifferences([config, { ...config, seed: 7 }]).map(({ values }) => values)).toEqual([
      [config.seed, 7],
    ]);
    expect(keysOf(config, { ...config, clipGradNorm: 1 })).toEqual(['clipping', 'clipGradNorm']);
  });

  it('tell two networks of one’s own apart', () => {
    const { network } = config;
    const own = (count: number): RunConfig => ({
      ...config,
      network: { ...network, id: 'custom', layers: network.layers.slice(0, count) },
    });
    expect(keysOf(own(2), own(2))).toEqual([]);
    expect(keysOf(own(2), own(3))).toEqual(['network']);
  });
});
