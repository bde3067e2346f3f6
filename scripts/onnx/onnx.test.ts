/** What is written as ONNX, run by ONNX Runtime beside our engine, and looked through by ONNX's own checker. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '@/engine/engine';
import { movedState, networkAround } from '@/engine/testing/layerCase';
import { randomNetwork } from '@/engine/testing/randomNetwork';
import { encodeOnnx } from '@/formats/onnx/encodeOnnx';
import { mnist } from '@/model/dataSet';
import { architectures } from '@/model/architectures';
import { layerKinds, type NetworkSpec } from '@/model/layers';
import { defaultConfig, defaultInput } from '@/model/presets';
import { randomBits } from '@/model/random';
import type { InputPipeline, RunConfig } from '@/model/runConfig';
import { inputShape, networkInput } from '@/model/shapes';
import { sizeOf, type StateDict } from '@/model/tensor';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { nodeHost } from '../wasm/nodeHost.ts';
import { usualWeights } from '../fixtures/usualWeights.ts';
import { startTorch, type TorchProcess } from '../torch/torchProcess.ts';
import { pythonOfTest } from '../torch/torchTest.ts';

const python = pythonOfTest(['onnx'], 'python3-onnx');
const script = fileURLToPath(new URL('./check.py', import.meta.url));
/** Both compute in float32, of values of order 1. */
const tolerance = 1e-4;
const counts = [1, 5];

const folder = mkdtempSync(join(tmpdir(), 'digit-lab-onnx-'));
let engine: Engine;
let checker: TorchProcess | null = null;
beforeAll(async () => {
  engine = await createWasmEngine({ host: nodeHost(), threads: 1 });
  if (python !== null) checker = startTorch(python, [script]);
});
afterAll(() => {
  checker?.stop();
  engine.dispose();
  rmSync(folder, { recursive: true });
});

const imagesOf = (count: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: count * 784 }, (_, i) => randomBits(3, i) & 255);

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((largest, value, i) => {
    const distance = Math.abs(value - (b[i] ?? NaN));
    return distance <= largest ? largest : distance;
  }, 0);
}

async function logitsOf(session: InferenceSession, feeds: Record<string, Tensor>): Promise<Float32Array> {
  const { logits } = await session.run(feeds);
  if (!(logits?.data instanceof Float32Array)) throw new Error('The model gives no float32 logits.');
  return logits.data;
}

/** ONNX Runtime on the network's own input, and on bytes, in batches of several sizes, beside our logits. */
async function expectOurLogits(
  network: NetworkSpec,
  input: InputPipeline,
  parameters: StateDict,
): Promise<void> {
  const config: RunConfig = { ...defaultConfig('lenet'), network, input, batchSize: 4 };
  await engine.compile(config, { step: 0, parameters, optimizer: {} });
  for (const fromBytes of [false, true]) {
    const file = encodeOnnx(config, parameters, { fromBytes, metadata: { seed: '1' } });
    const path = join(folder, 'model.onnx');
    writeFileSync(path, file);
    // oxlint-disable no-await-in-loop -- one engine, one runtime
    await checker?.run([path, JSON.stringify(mnist.classNames)]);
    const session = await InferenceSession.create(file);
    expect(session.inputNames).toEqual([fromBytes ? 'images' : 'input']);
    for (const count of counts) {
      const images = imagesOf(count);
      const ours = await engine.predict(images, count);
      const read = await engine.activations(images, count, [networkInput]);
      const floats = read.get(networkInput)?.data ?? new Float32Array(0);
      const shape = inputShape(input);
      expect(floats).toHaveLength(count * sizeOf(shape));
      const feeds = fromBytes
        ? { images: new Tensor('uint8', images, [count, 28, 28]) }
        : { input: new Tensor('float32', floats, [count, ...shape]) };
      const theirs = await logitsOf(session, feeds);
      expect(largestDifference(theirs, ours), `${network.name}, ${count}`).toBeLessThan(tolerance);
    }
    await session.release();
  }
}

// VGG-16's half a gigabyte is the same check on a larger network.
const networks = architectures.map((network) => ({
  name: network.name,
  network,
  tags: network.id === 'vgg16' ? ['long'] : [],
}));
describe.each(networks)('$name', ({ network, tags }) => {
  test('gives our logits', { tags }, async () => {
    await expectOurLogits(network, defaultInput(network.id), usualWeights(network));
  });
});

test('names the classes of one’s own data set', async () => {
  const classNames = ['T-shirt/top', `it's "new"`, 'back\\slash', '靴 👢'];
  const config: RunConfig = {
    ...defaultConfig('mynn'),
    data: { ...mnist, sha256: 'a'.repeat(64), name: 'Wardrobe', classNames },
  };
  const file = encodeOnnx(config, usualWeights(config.network), { fromBytes: false, metadata: {} });
  const path = join(folder, 'named.onnx');
  writeFileSync(path, file);
  expect(new TextDecoder().decode(file)).toContain('{0: "T-shirt/top", 1: "it\'s \\"new\\""');
  await checker?.run([path, JSON.stringify(classNames)]);
});

const plain: InputPipeline = { augment: null, resize: null, normalize: null };
const cases = layerKinds.flatMap((kind) => [1, 2, 3, 4].map((at) => [kind, at] as const));
test.each(cases)('%s, case %i', async (kind, at) => {
  const seed = 1000 * at + 7;
  const network = networkAround(kind, seed);
  await expectOurLogits(network, plain, movedState(network, seed));
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a network at random, %i', async (seed) => {
  const network = randomNetwork(seed);
  await expectOurLogits(network, plain, movedState(network, seed));
});

test.each([8, 27, 28, 29, 45, 64])('images resized to %i and normalised', async (resize) => {
  const network: NetworkSpec = {
    id: 'custom',
    name: 'Means',
    outputActivation: 'none',
    layers: [
      { kind: 'AdaptiveAvgPool2d', name: 'pool', outputSize: 5 },
      { kind: 'Flatten', name: 'flatten' },
      { kind: 'Linear', name: 'fc', inFeatures: 25, outFeatures: 10, bias: true, init: { kind: 'default' } },
    ],
  };
  const input = { ...plain, resize, normalize: { mean: 0.1307, std: 0.3081 } };
  await expectOurLogits(network, input, usualWeights(network));
});

describe.runIf(python !== null)('the checker', () => {
  test('refuses a model that is wrong, so that it is one', async () => {
    const [network] = architectures;
    if (network === undefined) throw new Error('There is no network.');
    const model = encodeOnnx({ network, input: plain }, usualWeights(network), {
      fromBytes: false,
      metadata: {},
    });
    const path = join(folder, 'wrong.onnx');
    const file = Buffer.from(model);
    // The operator of a node: field 4, of four letters.
    file.write('Gelu', file.indexOf('\x22\x04Gemm') + 2);
    writeFileSync(path, file);
    await expect(checker?.run([path, '[]'])).rejects.toThrow(/Gelu/);
  });
});
