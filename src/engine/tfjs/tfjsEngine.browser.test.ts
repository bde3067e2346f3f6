/** The reference engine in Chromium: WebGL and WebGPU (SwiftShader, slow: small batches) against wasm. */
import type { BackendName } from '@/model/backend';
import threadedSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ImageSet } from '@/data/imageSet';
import type { EngineError } from '@/engine/engine';
import { webglCanvas } from '@/engine/tfjs/kernels/tfjsInternals';
import { createTfjsEngine, probeBackends } from '@/engine/tfjs/backends';
import { firstDigits, firstLosses, relativeDifference, runConfig } from '@/engine/testing/testRuns';
import {
  type NonFiniteFile,
  wrongActivations,
  wrongClipping,
  wrongGradients,
  wrongLosses,
  wrongPredictions,
} from '@/engine/testing/nonFiniteCases';
import { lenet, mynn } from '@/model/architectures';
import nonFiniteText from '../../../fixtures/pytorch/non_finite.json?raw';

const nonFinite = JSON.parse(nonFiniteText) as NonFiniteFile;

const options = { wasmBinaries: { simd, threadedSimd } };
const networks = [mynn, lenet];
const steps = 5;
const configOf = (network: (typeof networks)[number]) =>
  runConfig(network, { batchSize: 8, trainingImages: 40 });

async function bytes(url: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

let digits: ImageSet;
const onWasm = new Map<string, number[]>();

beforeAll(async () => {
  digits = firstDigits(await bytes('/mnist/train-0.png'), await bytes('/mnist/train-labels.bin'), 40);
  const { engine } = await createTfjsEngine('wasm', options);
  await engine.setImages('train', digits);
  for (const network of networks) {
    onWasm.set(network.id, await firstLosses(engine, configOf(network), steps));
  }
  engine.dispose();
});

test('all four backends answer; on software adapters wasm is taken', async () => {
  const probes = await probeBackends();
  expect(probes.map(({ backend, usable }) => [backend, usable])).toEqual([
    ['webgpu', true],
    ['webgl', true],
    ['wasm', true],
    ['cpu', true],
  ]);
  const isSoftware = probes.every(({ backend, reason }) =>
    backend === 'webgpu' || backend === 'webgl' ? reason === 'software_adapter' : true,
  );
  if (!isSoftware) return;
  const { engine } = await createTfjsEngine('auto', options);
  expect(engine.info.backend).toBe('wasm');
  engine.dispose();
});

describe.each<[BackendName, number, string[]]>([
  ['webgl', 2, []],
  // Dawn does the same in tfjsEngine.dawn.test.ts.
  ['webgpu', steps, ['long']],
])('%s', (backend, count, tags) => {
  test.each(networks)(
    `the first ${count} losses of $name equal wasm within 1e-4`,
    { tags },
    async (network) => {
      const { engine } = await createTfjsEngine(backend, options);
      expect(engine.info.backend).toBe(backend);
      await engine.setImages('train', digits);
      const losses = await firstLosses(engine, configOf(network), count);
      engine.dispose();
      const expected = onWasm.get(network.id)?.slice(0, count) ?? [];
      expect(relativeDifference(losses, expected)).toBeLessThan(1e-4);
    },
  );
});

test('on webgl numbers that are none are read, judged and clipped as in PyTorch', async () => {
  const { engine } = await createTfjsEngine('webgl', options);
  expect(await wrongPredictions(engine, nonFinite)).toEqual([]);
  // Those with a maximum in them.
  for (const kind of ['cross_entropy', 'nll_softmax'] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one engine
    expect(await wrongLosses(engine, nonFinite, kind), kind).toEqual([]);
  }
  expect(await wrongActivations(engine, nonFinite)).toEqual([]);
  // Of an odd number tfjs's WebGL packs the last image beside one that is none, which an infinity makes NaN.
  expect(await wrongGradients(engine, nonFinite, { isShort: true, count: 30 })).toEqual([]);
  expect(await wrongClipping(engine, nonFinite)).toEqual([]);
  engine.dispose();
});

// The last test: tfjs's WebGL backend does not come back from it in this worker.
test('a lost WebGL context reaches the callback and fails the next call', async () => {
  let heard: EngineError | undefined;
  const { engine } = await createTfjsEngine('webgl', {
    onDeviceError: (error) => {
      heard = error;
    },
  });
  await engine.setImages('train', digits);
  await engine.compile(configOf(lenet));
  const canvas = webglCanvas();
  if (!(canvas instanceof OffscreenCanvas)) throw new Error('tfjs draws on an OffscreenCanvas');
  canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
  await expect.poll(() => heard?.code).toBe('device');
  await expect(engine.step(1)).rejects.toMatchObject({ code: 'device', message: heard?.message });
});
