import { describe, expect, it } from 'vitest';
import { countClasses } from '@/model/classCounts';
import { presets, fixedConfig } from '@/model/presets';
import type { RunResult } from '@/model/runResult';
import { decodeResult, encodeResult } from './results';

const classes = countClasses(Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 7));

const resultOf = (config: RunResult['config']): RunResult => ({
  config,
  finishedAt: Date.UTC(2026, 10, 25),
  backend: { engine: 'wasm', backend: 'wasm', device: 'WebAssembly, SIMD', isSoftware: false },
  seconds: 80.5,
  trainingLoss: { steps: [1, 2], values: [2.3, null] },
  tests: [{ step: 938, epoch: 1, loss: null, sumOfBatchMeans: -15.7, accuracy: 0.1, classes }],
});
const [mynn] = presets;
if (mynn === undefined) throw new Error('no presets');
const result = resultOf(mynn.config);

describe('a stored result', () => {
  it('comes back as it was, whatever run of the report it is', () => {
    const configs = presets.flatMap((preset) => [preset.config, fixedConfig(preset) ?? []].flat());
    expect(configs.length).toBeGreaterThan(presets.length);
    for (const config of configs) {
      const back = decodeResult(JSON.parse(JSON.stringify(encodeResult(resultOf({ ...config, seed: 7 })))));
      expect(back).toEqual(resultOf({ ...config, seed: 7 }));
      // The order of keys counts too: configurations are compared as text.
      expect(JSON.stringify(back?.config)).toBe(JSON.stringify({ ...config, seed: 7 }));
    }
  });

  it.each([
    ['a newer version', { version: 2 }],
    ['settings of an unknown network', { settings: 'network=alexnet' }],
    ['settings out of range', { settings: 'network=mynn&batchSize=-1' }],
    ['an accuracy above 1', { tests: [{ ...result.tests[0], accuracy: 9.9 }] }],
    ['no test', { tests: [] }],
    ['a line without values', { trainingLoss: { steps: [1], values: [] } }],
    ['nine classes', { tests: [{ ...result.tests[0], classes: { ...classes, right: [1, 2] } }] }],
  ])('is left out with %s', (_name, change) => {
    expect(decodeResult({ ...(encodeResult(result) as object), ...change })).toBeNull();
  });
});
