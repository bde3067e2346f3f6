/** The reference engine on WebGPU in Node (Dawn) against the same engine on wasm. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { ImageSet } from '@/data/imageSet';
import type { EngineError } from '@/engine/engine';
import { webgpuBackend } from '@/engine/tfjs/kernels/tfjsInternals';
import { createTfjsEngine } from '@/engine/tfjs/backends';
import {
  firstDigits,
  firstLosses,
  oddNetwork,
  relativeDifference,
  runConfig,
} from '@/engine/testing/testRuns';
import { lenet, mynn, vgg16 } from '@/model/architectures';
import { installDawn } from '../../../scripts/dawn.ts';

const mnistFile = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../public/mnist/${name}`, import.meta.url)));
let digits: ImageSet;

beforeAll(async () => {
  await installDawn();
  digits = firstDigits(mnistFile('train-0.png'), mnistFile('train-labels.bin'), 320);
});

// By night: mynn's and lenet's fixtures run on this engine in parity.dawn.test.ts, and the odd network on wasm in behaviour.test.ts.
test(
  'the first five losses of Mynn and LeNet, batch 64, equal wasm within 1e-4',
  { tags: ['long'] },
  async () => {
    const configs = [mynn, lenet].map((network) => runConfig(network, { trainingImages: 320 }));
    const losses: Record<'wasm' | 'webgpu', number[][]> = { wasm: [], webgpu: [] };
    for (const backend of ['wasm', 'webgpu'] as const) {
      const { engine } = await createTfjsEngine(backend);
      await engine.setImages('train', digits);
      for (const config of configs) losses[backend].push(await firstLosses(engine, config, 5));
      engine.dispose();
    }
    for (const [i, expected] of losses.wasm.entries())
      expect(relativeDifference(losses.webgpu[i] ?? [], expected), configs[i]?.network.id).toBeLessThan(1e-4);
  },
);

test(
  'one seed gives the same bits twice, shuffled and augmented, and leaves no tensor behind',
  {
    tags: ['long'],
  },
  async () => {
    const { engine } = await createTfjsEngine('webgpu');
    await engine.setImages('train', { ...digits, count: 100 });
    // The rest of the same bytes arrives later.
    await engine.setImages('train', digits);
    await engine.setImages('test', digits);
    const config = runConfig(oddNetwork, {
      batchSize: 16,
      trainingImages: 320,
      shuffle: true,
      optimizer: { kind: 'Adam', beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 },
      clipGradNorm: 1,
    });
    const first = await firstLosses(engine, config, 4);
    const tensors = tf.memory().numTensors;
    const second = await firstLosses(engine, config, 4);
    expect(second).toEqual(first);
    await engine.evaluate('test', 40);
    await engine.readState();
    expect(tf.memory().numTensors).toBe(tensors);

    const { engine: reference } = await createTfjsEngine('wasm');
    await reference.setImages('train', digits);
    expect(relativeDifference(first, await firstLosses(reference, config, 4))).toBeLessThan(1e-4);
    reference.dispose();
    engine.dispose();
  },
);

test('VGG-16 does not fit lavapipe: the error names the weight before anything is computed', async () => {
  const { engine } = await createTfjsEngine('webgpu');
  const limit = engine.info.limits.maxStorageBufferBindingSize ?? Number.POSITIVE_INFINITY;
  const compiled = engine.compile(
    runConfig(vgg16, { batchSize: 2, input: { augment: null, resize: 64, normalize: null } }),
  );
  if (limit < 25088 * 4096 * 4) {
    await expect(compiled).rejects.toMatchObject({
      code: 'limits',
      message: expect.stringContaining('classifier.0.weight') as string,
    });
  } else {
    await compiled;
  }
  engine.dispose();
});

test('an uncaptured WebGPU error reaches the callback and fails the next call', async () => {
  let heard: EngineError | undefined;
  const { engine } = await createTfjsEngine('webgpu', {
    onDeviceError: (error) => {
      heard = error;
    },
  });
  expect(engine.info).toMatchObject({ engine: 'tfjs', backend: 'webgpu' });
  await engine.setImages('train', digits);
  await engine.compile(runConfig(lenet, { trainingImages: 320, batchSize: 8 }));
  await engine.step(1);
  const { device } = webgpuBackend();
  device.createShaderModule({ code: 'this is no shader' });
  await device.queue.onSubmittedWorkDone();
  await expect.poll(() => heard?.code).toBe('device');
  await expect(engine.step(1)).rejects.toMatchObject({ code: 'device', message: heard?.message });
  engine.dispose();
});
