// What of a step goes slice by slice, so that a thread finds in its core's cache what it computed before.
import { expect, it } from 'vitest';
import { networkAround } from '@/engine/testing/layerCase';
import { runConfig } from '@/engine/testing/testRuns';
import { operationFlags, operationMask, operations, operationWords } from '@/engine/wasm/operations';
import { optimizerOperations } from '@/engine/wasm/optimizers';
import { buildProgram } from '@/engine/wasm/programs';
import { RunMemory } from '@/engine/wasm/runMemory';
import { variants } from '@/engine/wasm/variants';
import { layerKinds, type NetworkSpec } from '@/model/layers';

/** What works on weights or on sums of slices. */
const ofWeights = [
  'biasSum',
  'sumSlices',
  'batchNormStatistics',
  'batchNormFactors',
  'packTransposed',
  'packGroups',
  ...Object.keys(optimizerOperations),
];
/** Small values of a whole batch, or products with weights of which a thread has its own. */
const ofWholeBatch = ['loss', 'linearForward', 'linearInputGradient', 'linearWeightGradient'];

const names = Object.keys(operations);

function unsliced(network: NetworkSpec): string[] {
  const config = runConfig(network, { batchSize: 64 });
  const options = {
    mode: 'train',
    images: 64,
    threads: 2,
    maxPanel: variants.simd.maxPanel,
    isAugmented: false,
  } as const;
  const { words } = buildProgram(config, new RunMemory('float32'), options).encode(0);
  const found = new Set<string>();
  for (let at = 0; at < words.length; at += operationWords) {
    const word = words[at] ?? 0;
    if ((word & operationFlags.sliced) === 0) found.add(names[(word & operationMask) >> 1] ?? '');
  }
  return [...found];
}

it.each(layerKinds)('a batch passes through %s slice by slice, forward and backward', (kind) => {
  const found = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((key) => unsliced(networkAround(kind, key)));
  expect(found).toContain('linearForward');
  expect(found.filter((name) => ![...ofWeights, ...ofWholeBatch].includes(name))).toEqual([]);
});
