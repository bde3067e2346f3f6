// The requests on a network that was trained on real digits, and the small parts that PyTorch's fixtures cannot see.
// scripts/parity/explanationParity.test.ts holds all of it against PyTorch.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeSafetensors } from '@/formats/safetensors';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { defaultLoss, exactGradient } from '@/model/losses';
import { floatTensor, imageBatch } from '../../../scripts/fixtures/fixture.ts';
import { fixturePath, pytorchFixtures, readBytes } from '../../../scripts/fixtures/readFixture.ts';
import { RecordedRunWorker } from '../../../scripts/recordedRun.ts';
import { mnist, smallRun } from '../../../scripts/trainerLab.ts';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';
import { lossDirection } from './adversarial';
import { resizeBilinear, resizeBilinearGradient } from './bilinear';

const size = { height: 28, width: 28 };
const large = { height: 64, width: 64 };

test('enlarges as torchvision does', () => {
  const { tensors } = decodeSafetensors(readBytes(fixturePath(pytorchFixtures, 'preprocess.safetensors')));
  const expected = floatTensor(tensors, 'resized64');
  const { images } = imageBatch(tensors);
  const image = Float32Array.from(images.subarray(0, 784), (byte) => byte / 255);
  resizeBilinear(image, size, large).forEach((value, i) =>
    expect(Math.abs(value - (expected[i] ?? NaN))).toBeLessThan(1e-6),
  );
});

test('takes gradients back through a resizing by the same weights', () => {
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
    Array.from(a, (value, i) => value * (b[i] ?? NaN)).reduce((sum, product) => sum + product, 0);
  const x = Float32Array.from({ length: 784 }, (_, i) => Math.sin(i * 1.3));
  for (const to of [large, { height: 40, width: 17 }, { height: 3, width: 5 }]) {
    const dy = Float32Array.from({ length: to.height * to.width }, (_, i) => Math.cos(i * 0.7) + 0.3);
    const forward = dot(resizeBilinear(x, size, to), dy);
    expect(dot(x, resizeBilinearGradient(dy, size, to)) / forward).toBeCloseTo(1, 5);
  }
});

test('follows cross entropy, also where its gradient is lost in rounding', () => {
  const logits = Float32Array.of(2, -1, 0.5, 3, 0, 1, -2, 0.25, 0.75, 1.5);
  const exact = exactGradient(defaultLoss('cross_entropy'), [...logits], 3);
  const direction = lossDirection(logits, 3);
  direction.forEach((value, k) => expect(value * -(exact[3] ?? NaN)).toBeCloseTo(exact[k] ?? NaN, 6));
  const certain = lossDirection(Float32Array.of(0, 1e6, 5e5, 0, 0, 0, 0, 0, 0, 0), 1);
  expect([...certain]).toEqual([0, -1, 1, 0, 0, 0, 0, 0, 0, 0]);
});

let worker: RecordedRunWorker;
let image: Uint8Array<ArrayBuffer>;
let digit: number;

const phaseIs =
  (phase: string): (() => boolean) =>
  () =>
    worker.events.some((event) => event.type === 'runStatus' && event.status.phase === phase);

beforeAll(async () => {
  worker = new RecordedRunWorker(memoryRuns(), () => createWasmEngine({ host: nodeHost(), threads: 1 }));
  worker.send({
    type: 'prepare',
    runId: 'a',
    config: smallRun('lenet', 200, { epochs: 1 }),
    weights: 'seed',
  });
  await worker.until(phaseIs('ready'));
  worker.send({ type: 'train', runId: 'a', until: 'end' });
  await worker.until(phaseIs('finished'));
  const { images, labels } = mnist().test;
  const { predictions } = await worker.request('predict', { images: images.slice(0, 78_400), count: 100 });
  const right = [...predictions].findIndex((read, i) => read === labels[i]);
  image = images.slice(right * 784, (right + 1) * 784);
  digit = labels[right] ?? 0;
});
afterAll(() => worker.cut());

test('explains the class that the network reads where none is asked for', async () => {
  const { target, logits, saliency, gradCam, step } = await worker.request('explain', {
    image,
    target: null,
    layer: 'conv2.0',
  });
  expect({ target, step }).toEqual({ target: digit, step: 200 });
  expect(gradCam).toMatchObject({ height: 10, width: 10 });
  // The gradient is that of the logit: a step of one grey level along it moves the logit by as much, but for kinks.
  const moved = image.map((value, i) => Math.min(255, Math.max(0, value + Math.sign(saliency[i] ?? 0))));
  const promised = moved.reduce(
    (sum, value, i) => sum + ((value - (image[i] ?? 0)) / 255) * (saliency[i] ?? 0),
    0,
  );
  const after = await worker.request('explain', { image: moved, target: digit, layer: null });
  const gain = (after.logits[digit] ?? NaN) - (logits[digit] ?? NaN);
  expect(gain / promised).toBeGreaterThan(0.8);
  expect(gain / promised).toBeLessThan(1.2);
  expect(after.gradCam).toBeNull();
});

test('covers squares of the image, and says what they cost', async () => {
  const { target, count, probabilityDrops, overImage } = await worker.request('occlusion', {
    image,
    target: null,
    size: 6,
    stride: 3,
    value: 0,
  });
  expect({ target, count }).toEqual({ target: digit, count: 9 });
  expect(overImage).toHaveLength(784);
  const worst = probabilityDrops.indexOf(Math.max(...probabilityDrops));
  const covered = image.slice();
  for (let y = 0; y < 6; y += 1) {
    const row = Math.floor(worst / 9) * 3 + y;
    for (let x = 0; x < 6; x += 1) {
      const column = (worst % 9) * 3 + x;
      if (row < 28 && column < 28) covered[row * 28 + column] = 0;
    }
  }
  const both = Uint8Array.of(...image, ...covered);
  const { probabilities } = await worker.request('predict', { images: both, count: 2 });
  const drop = (probabilities[digit] ?? NaN) - (probabilities[10 + digit] ?? NaN);
  expect(probabilityDrops[worst]).toBeCloseTo(drop, 5);
});

test('finds a change that the network reads as another digit, and stays within its bound', async () => {
  for (const method of ['fgsm', 'pgd'] as const) {
    for (const target of [null, (digit + 1) % 10]) {
      const found = await worker.request('adversarialExample', {
        image,
        method,
        target,
        largestEpsilon: 255,
        steps: 10,
      });
      const largest = Math.max(...found.image.map((value, i) => Math.abs(value - (image[i] ?? 0))));
      expect(largest).toBeLessThanOrEqual(found.epsilon);
      expect(found.before.prediction).toBe(digit);
      const { predictions } = await worker.request('predict', { images: found.image, count: 1 });
      expect(found.after.prediction).toBe(predictions[0]);
      // One step of a large size towards a class may miss it; the others fool a network that learned so little.
      if (method === 'pgd' || target === null) expect(found.isFooled).toBe(true);
      if (found.isFooled && target !== null) expect(found.after.prediction).toBe(target);
    }
  }
  const none = await worker.request('adversarialExample', {
    image,
    method: 'fgsm',
    target: null,
    largestEpsilon: 0,
    steps: 1,
  });
  expect(none).toMatchObject({ isFooled: false, epsilon: 0 });
  expect(none.image).toEqual(image);
});

test('refuses what is no image, and a layer that is not there or gives no images', async () => {
  const ask = (params: { image?: Uint8Array<ArrayBuffer>; layer: string | null }): Promise<unknown> =>
    worker.request('explain', { image, target: 0, ...params });
  await expect(ask({ image: new Uint8Array(10), layer: null })).rejects.toThrow('784 bytes, not 10');
  await expect(ask({ layer: 'conv9' })).rejects.toThrow('no layer conv9');
  const square = { image, target: 0, value: 0 };
  await expect(worker.request('occlusion', { ...square, size: 3, stride: 0 })).rejects.toThrow('every 0');
  await expect(ask({ layer: 'fc3' })).rejects.toThrow('fc3 gives no images');
});
