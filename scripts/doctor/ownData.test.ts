/** The doctor on a run whose data has two classes: chance is then one half, and the loss of guessing ln 2. */
import { expect, test } from 'vitest';
import { encodeIdx } from '@/data/idx';
import { diagnose } from '@/doctor/diagnose';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { usualReading } from '@/model/dataImport';
import { withData } from '@/model/dataSet';
import { defaultConfig } from '@/model/presets';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { bar } from '@/training/testing/bars';
import { RecordedRunWorker } from '../recordedRun.ts';
import { nodeHost } from '../wasm/nodeHost.ts';

/** The same image so many times, with labels in turns: nothing can be learned but how often each comes. */
function unlearnable(stem: string, count: number) {
  const images = new Uint8Array(count * 784);
  for (let i = 0; i < count; i += 1) images.set(bar(0, 12), i * 784);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  return [
    { path: `${stem}-images-idx3-ubyte`, data: images, shape: [count, 28, 28] },
    { path: `${stem}-labels-idx1-ubyte`, data: labels, shape: [count] },
  ].map(({ path, ...tensor }) => ({ path, file: new Blob([encodeIdx(tensor)]) }));
}

test('a network that guesses between two classes is named, with how often guessing is right', async () => {
  const store = memoryRuns();
  const worker = new RecordedRunWorker(store, () => createWasmEngine({ host: nodeHost(), threads: 1 }));
  const files = [...unlearnable('train', 40), ...unlearnable('t10k', 10)];
  await worker.request('readDataSet', { files, reading: usualReading });
  const data = await worker.request('keepDataSet', { name: 'Same', classNames: ['heads', 'tails'] });
  const config = {
    ...withData(defaultConfig('mynn'), data),
    learningRate: 0.05,
    batchSize: 40,
    epochs: 250,
  };
  worker.begin(config);
  await worker.end(store);
  const metrics = await store.metrics('a');
  const found = diagnose({
    config,
    loss: metrics.values('loss'),
    accuracy: metrics.values('accuracy'),
    evaluations: await store.tests('a'),
    statistics: await store.statistics('a'),
  });
  expect(metrics.values('loss').at(-1)).toBeCloseTo(Math.LN2, 1);
  expect(found.find(({ id }) => id === 'chance_accuracy')?.figures).toMatchObject({ chance: 0.5 });
  // The eight outputs that no class stands behind are not missed.
  expect(found.find(({ id }) => id === 'classes_never_predicted')?.digits ?? [1]).toHaveLength(1);
  worker.cut();
});
