// Every kind of the registries on WebGPU (Dawn), against the definitions in float64.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '@/engine/engine';
import { worstLayerError } from '@/engine/testing/layerCase';
import { worstLossError } from '@/engine/testing/lossCase';
import { layerKinds } from '@/model/layers';
import { optimizerCases, worstRunRatio } from '@/engine/testing/optimizerCase';
import { distanceFromPytorch, type OptimizerFile } from '@/engine/testing/pytorchOptimizerCase';
import { caseName, toleranceOf, worstFromPytorch, type LayerFile } from '@/engine/testing/pytorchLayerCase';
import { lossKinds } from '@/model/losses';
import { optimizerKinds } from '@/model/optimizers';
import layersText from '../../fixtures/pytorch/layers.json?raw';
import text from '../../fixtures/pytorch/optimizers.json?raw';
import { engines } from '../../scripts/parity/engines.ts';

const pytorch = JSON.parse(text) as OptimizerFile;
const { cases: layerCases } = JSON.parse(layersText) as LayerFile;

// tfjs has the same ops on this slow adapter as on WebAssembly (kinds.test.ts): by night.
for (const [name, tags] of [
  ['webgpu', []],
  ['tfjs-webgpu', ['long']],
] as const)
  describe(name, { tags: [...tags] }, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await engines[name].create();
    });
    afterAll(() => {
      engine.dispose();
    });

    test.each(lossKinds)('%s', async (kind) => {
      // exp and log of WGSL may be off by a few units of 2^-24 and 2^-21.
      expect(await worstLossError(engine, kind)).toBeLessThan(2e-6);
    });

    test.each(layerKinds)('%s', async (kind) => {
      // Three layers in a row, each with sums of up to a thousand products in float32.
      expect(await worstLayerError(engine, kind, 2)).toBeLessThan(2e-5);
    });

    test.each(optimizerKinds)('%s', async (kind) => {
      for (const one of optimizerCases(kind, 4)) {
        // oxlint-disable-next-line no-await-in-loop -- one engine
        expect(await worstRunRatio(engine, one), JSON.stringify(one)).toBeLessThan(2);
      }
    });

    test.each(pytorch.cases)('$spec of PyTorch, clipped to $maxNorm and $maxValue', async (one) => {
      // A few roundings over three steps, and what WGSL allows its roots (4.5 units of 1.2e-7) and quotients (2.5): 12 units for the
      // quotient of two roots that Adadelta steps by, twice as much for its square, which it keeps.
      for (const distance of await distanceFromPytorch(engine, pytorch, one))
        expect(distance).toBeLessThan(5e-6);
    });

    test.each(layerCases.map((one) => [caseName(one), one] as const))('%s', async (_, one) => {
      expect(await worstFromPytorch(engine, one)).toBeLessThan(toleranceOf(one));
    });
  });
