/** The reference engine in Chromium: WebGL and WebGPU (SwiftShader, slow: small batches) against wasm. */
import type { BackendName } from '@/model/backend';
import threadedSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { EngineError, ImageSet } from '@/engine/engine';
import { webglCanvas } from '@/engine/kernels/tfjsInternals';
import { createEngine, probeBackends } from '@/engine/tfjs/backends';
import { firstDigits, firstLosses, relativeDifference, runConfig } from '@/engine/tfjs/testRuns';
import { lenet, mynn } from '@/model/architectures';

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
  const { engine } = await createEngine('wasm', options);
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
  const { engine } = await createEngine('auto', options);
  expect(engine.info.backend).toBe('wasm');
  engine.dispose();
});

describe.each<[BackendName, number]>([
  ['webgl', 2],
  ['webgpu', steps],
])('%s', (backend, count) => {
  test.each(networks)(`the first ${count} losses of $name equal wasm within 1e-4`, async (network) => {
    const { engine } = await createEngine(backend, options);
    expect(engine.info.backend).toBe(backend);
    await engine.setImages('train', digits);
    const losses = await firstLosses(engine, configOf(network), count);
    engine.dispose();
    const expected = onWasm.get(network.id)?.slice(0, count) ?? [];
    expect(relativeDifference(losses, expected)).toBeLessThan(1e-4);
  });
});

// The last test: tfjs's WebGL backend does not come back from it in this worker.
test('a lost WebGL context reaches the callback and fails the next call', async () => {
  let heard: EngineError | undefined;
  const { engine } = await createEngine('webgl', {
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
