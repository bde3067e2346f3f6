/** What is written for TensorBoard, read by Python's protobuf. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeMetricsCsv } from '@/formats/metrics/encodeMetrics';
import { metricsTable } from '@/formats/metrics/metricsTable';
import { encodeEvents } from '@/formats/tensorboard/encodeEvents';
import { encodeRecords } from '@/formats/tensorboard/tfRecord';
import { lenet } from '@/model/architectures';
import { settingsOf } from '@/formats/tensorboard/hparams';
import { defaultConfig } from '@/model/presets';
import { randomBits } from '@/model/random';
import type { RunHistory } from '@/model/runHistory';
import type { StateDict } from '@/model/tensor';
import { parameterEntries } from '@/model/stateDict';
import { runHistory } from '../fixtures/runHistory.ts';
import { usualWeights } from '../fixtures/usualWeights.ts';
import { startTorch, type TorchProcess } from '../torch/torchProcess.ts';
import { hasProgramForTest, pythonOfTest } from '../torch/torchTest.ts';

const packages = 'python3-protobuf python3-crcmod python3-pil';
const python = pythonOfTest(['google.protobuf', 'crcmod', 'PIL'], packages);
const hasProtoc = hasProgramForTest('protoc', 'protobuf-compiler');
const script = fileURLToPath(new URL('./events.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'digit-lab-events-'));
const path = join(folder, 'events');

interface Value {
  readonly tag: string;
  readonly kind: string | null;
  readonly plugin: string;
  readonly value?: string;
  readonly histogram?: Readonly<Record<string, number | readonly number[]>>;
  readonly text?: readonly string[];
  readonly size?: readonly [number, number];
  readonly pixels?: readonly number[];
  readonly hparams?: unknown;
  /** Of hparams, as google.protobuf.Value reads them. */
  readonly settings?: unknown;
}
interface Event {
  readonly wallTime: number;
  readonly step: string | number;
  readonly version: string;
  readonly values: readonly Value[];
}

const images = Uint8Array.from({ length: 20 * 784 }, (_, i) => randomBits(1, i) & 255);
const labels = Uint8Array.from({ length: 20 }, (_, i) => i % 10);
/** One 4 read as 9, and two 7 read as 1. */
const predictions = labels.map((label, i) => (i === 4 ? 9 : label === 7 ? 1 : label));
const parameters = usualWeights(lenet);
const gradients = new Map(
  parameterEntries(lenet).flatMap(({ key }) => {
    const tensor = parameters.get(key);
    return tensor === undefined ? [] : [[key, tensor] as const];
  }),
);
const kept = { steps: () => Promise.resolve([0, 1, 2, 3]), parameters: keptParameters };
/** Of step 1 they are gone. */
async function keptParameters(step: number): Promise<StateDict | null> {
  return step === 1 ? null : parameters;
}
const config = defaultConfig('lenet');
const link = 'https://example.org/#network=lenet';

const encode = (run: RunHistory): Promise<Uint8Array<ArrayBuffer>> =>
  encodeEvents({
    config,
    link,
    run,
    parameters,
    gradients: { count: 64, gradients },
    kept,
    predictions: { predictions, labels, images },
  });

/** float32 as Python writes it, which is the float64 of that value. */
const isClose = (text: string | undefined, value: number): boolean => {
  const found = text === 'nan' ? NaN : text === 'inf' ? Infinity : Number(text);
  return Object.is(found, Math.fround(value));
};

describe.runIf(python !== null && hasProtoc)('an event file', () => {
  let process: TorchProcess;
  const read = async (bytes: Uint8Array): Promise<Event[]> => {
    writeFileSync(path, bytes);
    return (await process.ask([path])) as Event[];
  };
  beforeAll(() => {
    const descriptors = join(folder, 'descriptors');
    execFileSync('protoc', [
      '-I',
      'protos',
      `--descriptor_set_out=${descriptors}`,
      'tensorboard/tensorboard.proto',
    ]);
    process = startTorch(python ?? '', [script, descriptors]);
  });
  afterAll(() => {
    process.stop();
    rmSync(folder, { recursive: true });
  });

  test('has every step, every test under the report’s tags, and the time of each', async () => {
    const run = runHistory({ steps: 40, testEvery: 20, nanFrom: 35 });
    const events = await read(await encode(run));
    expect(events[0]).toMatchObject({ version: 'brain.Event:2', step: 0, values: [] });
    const scalars = events.flatMap(({ step, wallTime, values }) =>
      values.filter(({ kind }) => kind === 'simple_value').map((value) => ({ ...value, step, wallTime })),
    );
    const curve = (tag: string) => scalars.filter((value) => value.tag === tag);
    const { loss, learningRate } = run.metrics;
    const trained = curve('train_loss');
    expect(trained.map(({ step }) => step)).toEqual(Array.from(loss, (_, i) => i + 1));
    trained.forEach(({ value, wallTime }, i) => {
      expect(isClose(value, loss[i] ?? 0)).toBe(true);
      expect(wallTime).toBe((run.times[i] ?? 0) / 1000);
    });
    expect(curve('learning_rate').every(({ value }, i) => isClose(value, learningRate[i] ?? 0))).toBe(true);
    const tests = run.tests.filter(({ extent }) => extent === 'full');
    for (const [tag, key] of [
      ['test_loss', 'loss'],
      ['test_loss_sum', 'sumOfBatchMeans'],
      ['test_accuracy', 'accuracy'],
      ['test_accurary', 'accuracy'],
    ] as const) {
      expect(curve(tag).map(({ step }) => step)).toEqual(tests.map(({ step }) => step));
      expect(curve(tag).every(({ value }, i) => isClose(value, tests[i]?.[key] ?? 0))).toBe(true);
    }
    expect(curve('gradient_std/conv1').map(({ step }) => step)).toEqual([1, 11, 21, 31]);
  });

  test('has histograms, pictures, settings and text', async () => {
    const run = runHistory({ steps: 3, testEvery: 3 });
    const events = await read(await encode(run));
    const values = events.flatMap((event) => event.values);
    const weighed = events.filter((event) => event.values.some(({ tag }) => tag.startsWith('weights/')));
    // Protobuf's JSON leaves a 0 out or writes 64 bits as text.
    expect(weighed.map(({ step }) => Number(step))).toEqual([0, 2, 3]);
    const of = (tag: string): Value | undefined => values.find((value) => value.tag === tag);
    for (const { key } of parameterEntries(lenet)) {
      const data = Array.from(parameters.get(key)?.data ?? [], Number);
      for (const folder of ['weights', 'gradients']) {
        const histogram = of(`${folder}/${key}`)?.histogram ?? {};
        expect(histogram).toMatchObject({ min: Math.min(...data), max: Math.max(...data), num: data.length });
        const { bucket, bucketLimit: limits } = histogram as { bucket: number[]; bucketLimit: number[] };
        limits.forEach((limit, i) => {
          const from = i === 0 ? -Infinity : (limits[i - 1] ?? 0);
          const isLast = i === limits.length - 1;
          const inside = data.filter((value) => value >= from && (value < limit || isLast));
          // A value on the edge may fall to either side.
          expect(Math.abs((bucket[i] ?? 0) - inside.length)).toBeLessThanOrEqual(1);
        });
      }
    }
    const [first] = lenet.layers;
    const filters = of(`filters/${first?.name}`);
    // Six filters of 5x5 at five pixels a weight, in one row with gaps of two.
    expect(filters?.size).toEqual([6 * 27 + 2, 29]);
    const weight = Array.from(parameters.get(`${first?.name}.weight`)?.data ?? [], Number);
    const largest = Math.max(...weight.map(Math.abs));
    weight.forEach((value, i) => {
      const [filter, y, x] = [Math.floor(i / 25), Math.floor(i / 5) % 5, i % 5];
      const at = (2 + 5 * y + 2) * (6 * 27 + 2) + 2 + 27 * filter + 5 * x + 2;
      expect(filters?.pixels?.[at]).toBe(Math.round(127.5 * (1 + value / largest)));
    });
    expect(values.filter(({ tag }) => tag.startsWith('misread/')).map(({ tag }) => tag)).toEqual([
      'misread/7_read_as_1',
      'misread/4_read_as_9',
    ]);
    const four = of('misread/4_read_as_9');
    expect(four?.size).toEqual([60, 60]);
    expect(four?.pixels?.[(2 + 2 * 3) * 60 + 2 + 2 * 5]).toBe(images[4 * 784 + 3 * 28 + 5]);

    expect(of('settings/text_summary')).toMatchObject({ plugin: 'text', kind: 'tensor' });
    expect(of('settings/text_summary')?.text?.[0]).toContain(link);
    expect(of('contents/text_summary')?.text?.[0]).toContain('first 64 training images');
    expect(of('_hparams_/session_start_info')?.settings).toEqual(Object.fromEntries(settingsOf(config)));
    expect(of('_hparams_/experiment')?.hparams).toMatchObject({
      experiment: { metricInfos: [{ name: { tag: 'test_accuracy' } }, { name: { tag: 'test_loss' } }] },
    });
    expect(of('_hparams_/session_end_info')?.hparams).toMatchObject({
      sessionEndInfo: { status: 'STATUS_SUCCESS' },
    });
  });

  test('and the table hold the same in Python', async () => {
    const run = runHistory({ steps: 20, testEvery: 10, nanFrom: 15 });
    const table = join(folder, 'metrics.csv');
    writeFileSync(table, encodeMetricsCsv(run));
    const rows = (await process.ask([table])) as Readonly<Record<string, string>>[];
    expect(rows).toHaveLength(20);
    metricsTable(run).forEach(({ step, values }, i) => {
      const { step: stepThere, ...there } = rows[i] ?? {};
      expect(Number(stepThere)).toBe(step);
      expect(Object.keys(there)).toEqual(Object.keys(values));
      for (const [name, value] of Object.entries(values))
        expect(Object.is(there[name] === 'nan' ? NaN : Number(there[name]), value)).toBe(true);
    });
  });

  test('of records whose checksums are wrong would be refused, so that they are checked', async () => {
    const bytes = await encodeRecords([new Uint8Array([1, 2, 3])]);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const broken = startTorch(python ?? '', [script, join(folder, 'descriptors')]);
    await expect(broken.ask([path])).rejects.toThrow();
    broken.stop();
  });
});
