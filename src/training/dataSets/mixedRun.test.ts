/** Own drawings mixed in, on from the weights at hand: what is trained on, what the record says, and the steps once more. */
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { parseIdx } from '@/data/idx';
import type { Engine } from '@/engine/engine';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { encodeWeights } from '@/formats/checkpoint';
import { usualReading, type LabelledImages } from '@/model/dataImport';
import { withData, type DataSpec } from '@/model/dataSet';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { memoryDataSets } from '@/storage/dataSets/dataSetStore';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { bar, barFiles, bars } from '@/training/testing/bars';
import { bitsOf, exactly, RecordedRunWorker } from '../../../scripts/recordedRun.ts';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';

const create = (): Promise<Engine> => createWasmEngine({ host: nodeHost(), threads: 1 });
const copies = 4;
/** A bar that stands, and one that lies, told to be each other: only who is trained on them reads them so. */
const drawings: LabelledImages = {
  images: Uint8Array.from([...bar(0, 21), ...bar(1, 21)]),
  labels: Uint8Array.of(1, 0),
};
const image = (images: Uint8Array, i: number): string => images.subarray(i * 784, (i + 1) * 784).join();

/** The training images of an exported data set. */
function trainingOf(zip: ArrayBuffer): LabelledImages {
  const part = (name: string): Uint8Array<ArrayBuffer> => {
    const bytes = unzipSync(new Uint8Array(zip))[name];
    if (bytes === undefined) throw new Error(`${name} is missing.`);
    return parseIdx(name, Uint8Array.from(bytes)).data;
  };
  return { images: part('train-images-idx3-ubyte'), labels: part('train-labels-idx1-ubyte') };
}

test('a run goes on with drawings among its images, says so, and is computed again to the same bits', async () => {
  const runs = memoryRuns();
  const dataSets = memoryDataSets();
  const worker = new RecordedRunWorker(runs, create, dataSets);
  const files = [...barFiles('train', 40), ...barFiles('t10k', 10)];
  await worker.request('readDataSet', { files, reading: usualReading });
  const base = await worker.request('keepDataSet', { name: 'Bars', classNames: ['upright', 'lying'] });
  const before: RunConfig = {
    ...withData(defaultConfig('mynn'), base),
    learningRate: 0.1,
    batchSize: 8,
    epochs: 20,
    shuffle: true,
  };
  worker.begin(before);
  await worker.end(runs);
  const readings = async (): Promise<number[]> => {
    const { probabilities } = await worker.request('predict', { images: drawings.images, count: 2 });
    return [0, 10].map((from) => (probabilities[from + 1] ?? 0) / (probabilities[from] ?? 1));
  };
  const [standing = 0, lying = 0] = await readings();
  expect(standing).toBeLessThan(1);
  expect(lying).toBeGreaterThan(1);

  const sha256 = await worker.request('keepDrawings', { drawings });
  const data: DataSpec = { ...base, drawings: { sha256, count: 2, copies } };
  const config: RunConfig = { ...withData(before, data), epochs: 20 };
  worker.send({ type: 'prepare', runId: 'b', config, weights: 'current' });
  worker.send({ type: 'train', runId: 'b', until: 'end' });
  await worker.end(runs, 'b');

  // What the record says: the data by checksum, the drawings by theirs, and weights that had been trained for 100 steps.
  const steps = (20 * (40 + 2 * copies)) / 8;
  const record = await runs.get('b');
  expect(record?.config.data).toEqual(data);
  expect(record?.config.trainingImages).toBe(48);
  expect(record?.summary.steps).toBe(steps);
  expect(record?.origin).toEqual({ fileName: null, nonFinite: 0, steps: 100 });
  const [ended, first] = [await runs.keyframe('a', 100), await runs.keyframe('b', 0)];
  expect(first?.parameters).toEqual(ended?.parameters);

  // What is trained on: each drawing so many times, and all other images as they were, in their order.
  const mix = trainingOf((await worker.request('exportDataSet', { data })).file);
  const at = [...mix.labels.keys()];
  const asDrawn = (i: number): number =>
    [0, 1].findIndex((one) => image(drawings.images, one) === image(mix.images, i));
  for (const one of [0, 1]) {
    const places = at.filter((i) => asDrawn(i) === one);
    expect(places).toHaveLength(copies);
    expect(places.map((i) => mix.labels[i])).toEqual(Array(copies).fill(drawings.labels[one]));
  }
  const others = at.filter((i) => asDrawn(i) === -1);
  const { images, labels } = bars(40);
  expect(others.map((i) => mix.labels[i])).toEqual([...labels]);
  expect(others.map((i) => image(mix.images, i))).toEqual([...labels.keys()].map((i) => image(images, i)));
  // And it is what was learned: the drawings are now read as they were told to be.
  const [told = 0, toldOther = 0] = await readings();
  expect(told).toBeGreaterThan(1);
  expect(toldOther).toBeLessThan(1);
  worker.cut();

  // An engine alone, from the weights that the record has, on the images that were exported.
  const engine = await create();
  await engine.setImages('train', { ...mix, count: 48 });
  if (first === null) throw new Error('The run began with weights.');
  await engine.compile(config, { step: 0, parameters: first.parameters, optimizer: {} });
  // In the midst of an epoch: most likely no keyframe.
  const half = steps / 2 + 1;
  await engine.step(half);
  const middle = encodeWeights(config.network, await engine.readParameters());
  await engine.step(steps - half);
  const { loss } = await engine.readMetrics();
  const bits = await bitsOf(runs, 'b');
  expect([...loss]).toEqual(bits.loss);
  expect((await engine.readState()).parameters).toEqual(bits.state?.parameters);
  engine.dispose();

  // Another visit computes a step between keyframes out of what is stored.
  const later = new RecordedRunWorker(runs, create, dataSets);
  later.goOn(config, 'b');
  await later.until(() => later.events.some(({ type }) => type === 'backendReady'));
  const { shown, file } = await later.show(half, 'b');
  expect(shown).toEqual(exactly(half));
  expect(file).toEqual(middle);
  later.cut();
});
