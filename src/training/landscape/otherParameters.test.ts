// Losses on planes through the weights against PyTorch's in float64; WebGPU: otherParameters.dawn.test.ts.
import { expect, it } from 'vitest';
import { engines } from '../../../scripts/parity/engines.ts';
import { landscapeErrors, landscapeTolerance } from '../../../scripts/tinyNetworks.ts';

it.each(['wasm', 'tfjs-wasm'] as const)("%s gives PyTorch's loss at other parameters", async (name) => {
  const { loss, accuracy } = await landscapeErrors(engines[name].create);
  expect(loss).toBeLessThan(landscapeTolerance);
  expect(accuracy).toBeLessThan(1e-12);
});
