/** A data set exactly in the form of MNIST's heirs: four files of their names, packed, 60,000 and 10,000 images. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { encodeIdx } from '@/data/idx';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { usualReading, type GivenFile } from '@/model/dataImport';
import { withData } from '@/model/dataSet';
import { defaultConfig } from '@/model/presets';
import { randomBits } from '@/model/random';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { RecordedRunWorker } from '../../../scripts/recordedRun.ts';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';

const size = 28;
/** Of each class a grating of its own: a direction and a width, at a shift that differs from image to image, and grey levels with noise. */
function gratings(
  count: number,
  seed: number,
): readonly [images: Uint8Array<ArrayBuffer>, labels: Uint8Array<ArrayBuffer>] {
  const images = new Uint8Array(count * size * size);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) {
    const bits = randomBits(seed, i);
    const label = (bits >>> 8) % 10;
    labels[i] = label;
    const [across, down, width] = [label % 5, 4 - (label % 5), label < 5 ? 3 : 7];
    const from = bits & 15;
    for (let y = 4; y < size - 4; y += 1)
      for (let x = 4; x < size - 4; x += 1) {
        const isInk = Math.floor((across * x + down * y + 4 * from) / (4 * width)) % 2 === 0;
        images[i * size * size + y * size + x] = isInk ? 160 + ((bits >>> ((x + y) & 15)) & 63) : 0;
      }
  }
  return [images, labels];
}

function packed(stem: string, count: number, seed: number): GivenFile[] {
  const [images, labels] = gratings(count, seed);
  const file = (path: string, bytes: Uint8Array): GivenFile => ({
    path: `FashionMNIST/raw/${path}`,
    file: new Blob([new Uint8Array(gzipSync(bytes, { level: 1 }))]),
  });
  return [
    file(`${stem}-images-idx3-ubyte.gz`, encodeIdx({ shape: [count, size, size], data: images })),
    file(`${stem}-labels-idx1-ubyte.gz`, encodeIdx({ shape: [count], data: labels })),
  ];
}

test('is taken as it is, and trained on', async () => {
  const store = memoryRuns();
  const worker = new RecordedRunWorker(store, () => createWasmEngine({ host: nodeHost(), threads: 1 }));
  const files = [...packed('train', 60_000, 1), ...packed('t10k', 10_000, 2)];
  const preview = await worker.request('readDataSet', { files, reading: usualReading });
  expect(preview).toMatchObject({
    form: 'idx',
    spec: { name: 'FashionMNIST', trainingImages: 60_000, testImages: 10_000 },
    isInverted: false,
    isResized: false,
    isSplit: false,
    leftOut: 0,
  });
  const data = await worker.request('keepDataSet', preview.spec);
  const { images, labels } = await worker.request('testImages', { indices: [9999], data });
  const [all, allLabels] = gratings(10_000, 2);
  expect([images, labels[0]]).toEqual([all.subarray(-size * size), allLabels[9999]]);

  const config = withData(
    { ...defaultConfig('mynn'), learningRate: 0.1, epochs: 1, trainingImages: 19_200 },
    data,
  );
  worker.begin(config);
  await worker.end(store);
  const [test] = (await store.tests('a')).filter(({ extent }) => extent === 'full');
  expect(test?.count).toBe(10_000);
  expect(test?.accuracy).toBeGreaterThan(0.9);
  worker.cut();
});
