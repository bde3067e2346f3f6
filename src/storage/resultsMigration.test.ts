import { describe, expect, it } from 'vitest';
import { countClasses } from '@/model/classCounts';
import { configToQuery } from '@/model/configQuery';
import { totalSteps } from '@/model/learningRate';
import { presets } from '@/model/presets';
import { decodeRun, decodeTest, encodeRun } from '@/storage/runs/runSchema';
import { isWholeRun } from '@/storage/runs/wholeRun';
import { runOfResult } from './resultsMigration';

const classes = countClasses(Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 7));
const config = presets[0]?.config;
if (config === undefined) throw new Error('no presets');

/** As versions of the page before wrote it. */
const result = {
  version: 1,
  settings: new URLSearchParams(configToQuery({ ...config, seed: 7 })).toString(),
  finishedAt: Date.UTC(2026, 10, 25),
  backend: { engine: 'wasm', backend: 'wasm', device: 'WebAssembly, SIMD', isSoftware: false },
  seconds: 80.5,
  trainingLoss: { steps: [1, 500, 938], values: [2.3, null, 0.2] },
  tests: [
    { step: 938, epoch: 1, loss: 0.3, sumOfBatchMeans: -15.7, accuracy: 0.92, classes },
    { step: 1876, epoch: 2, loss: null, sumOfBatchMeans: null, accuracy: 0.91, classes },
  ],
};

describe('a result of an older version', () => {
  it('becomes a run with all its figures', () => {
    const moved = runOfResult(structuredClone(result), 'result-1');
    const run = decodeRun(moved === null ? null : structuredClone(encodeRun(moved.run)));
    expect(run).toEqual(moved?.run);
    expect(run).toMatchObject({
      id: 'result-1',
      config: { ...config, seed: 7 },
      createdAt: result.finishedAt - 80_500,
      updatedAt: result.finishedAt,
      environment: { ...result.backend, browser: '' },
      phase: 'finished',
      summary: {
        steps: totalSteps(config),
        seconds: 80.5,
        lastLoss: 0.2,
        lastAccuracy: 0.91,
        bestAccuracy: 0.92,
        bestStep: 938,
        sparkline: [2.3, Number.NaN, 0.2],
      },
      thinnedLoss: result.trainingLoss,
    });
    // It counts as measured still.
    expect(run !== null && isWholeRun(run)).toBe(true);
    expect(moved?.tests.map((test) => decodeTest(structuredClone(test)))).toEqual(moved?.tests);
    expect(moved?.tests).toMatchObject([
      {
        step: 938,
        extent: 'full',
        loss: 0.3,
        sumOfBatchMeans: -15.7,
        accuracy: 0.92,
        count: 10_000,
        classes,
      },
      { step: 1876, loss: Number.NaN, sumOfBatchMeans: Number.NaN },
    ]);
  });

  it.each([
    ['another version', { version: 2 }],
    ['settings of an unknown network', { settings: 'network=alexnet' }],
    ['settings out of range', { settings: 'network=mynn&batchSize=-1' }],
    ['an accuracy above 1', { tests: [{ ...result.tests[0], accuracy: 9.9 }] }],
    ['no test', { tests: [] }],
    ['a line without values', { trainingLoss: { steps: [1], values: [] } }],
  ])('is none with %s', (_name, change) => {
    expect(runOfResult({ ...result, ...change }, 'result-1')).toBeNull();
  });
});
