/** Metrics out as CSV, JSON and events, and in again; and what is said of files that are none. */
import { expect, test } from 'vitest';
import { compareCurves } from '@/formats/metrics/compareCurves';
import { encodeMetricsCsv, encodeMetricsJson } from '@/formats/metrics/encodeMetrics';
import { MetricsFileError, type MetricCurves } from '@/formats/metrics/metricsFile';
import { metricColumns, metricsTable } from '@/formats/metrics/metricsTable';
import { readMetrics } from '@/formats/metrics/readMetrics';
import { encodeEvents } from '@/formats/tensorboard/encodeEvents';
import { configFromQuery } from '@/model/configQuery';
import { lenet } from '@/model/architectures';
import { defaultConfig } from '@/model/presets';
import { inMemory } from '../../../scripts/fixtures/inMemory.ts';
import { runHistory } from '../../../scripts/fixtures/runHistory.ts';
import { usualWeights } from '../../../scripts/fixtures/usualWeights.ts';

const noneKept = { steps: async () => [], parameters: async () => null };
const run = runHistory({ steps: 200, testEvery: 50, nanFrom: 190 });
const config = defaultConfig('lenet');
const read = (bytes: Uint8Array<ArrayBuffer>): Promise<MetricCurves> => readMetrics(inMemory(bytes));
const readText = (text: string): Promise<MetricCurves> => read(new TextEncoder().encode(text));

async function kindOf(text: string): Promise<unknown> {
  const error: unknown = await readText(text).catch((reason: unknown) => reason);
  if (!(error instanceof MetricsFileError)) throw new Error('It was read.');
  return error.details;
}

test('CSV has a row a step, with its time, and comes back the same', async () => {
  const bytes = encodeMetricsCsv(run);
  const [header, first, ...lines] = new TextDecoder().decode(bytes).trimEnd().split('\n');
  expect(header).toBe(
    'step,timestamp,train_loss,train_accuracy,learning_rate,test_loss,test_loss_sum,test_accuracy',
  );
  expect(first).toMatch(/^1,2026-11-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,2\.2999\d+,0,0\.0099\d+,,,$/);
  expect(lines).toHaveLength(199);
  expect(lines.at(-1)).toMatch(/^200,[^,]+,nan,0\.99/);
  const curves = await read(bytes);
  expect([...curves.keys()].sort()).toEqual([...metricColumns].sort());
  for (const { step, values } of metricsTable(run))
    for (const [column, value] of Object.entries(values)) {
      const curve = curves.get(column as (typeof metricColumns)[number]);
      expect(curve?.values[curve.steps.indexOf(step)]).toBe(value);
    }
  expect(curves.get('test_accuracy')?.steps).toEqual([50, 100, 150, 200]);
});

test('JSON has the settings, and what is no number as text', () => {
  const text = new TextDecoder().decode(encodeMetricsJson(config, 'link', run));
  const found = JSON.parse(text) as {
    settings: Record<string, string>;
    metrics: Record<string, unknown>[];
    tests: unknown[];
  };
  expect(configFromQuery(Object.entries(found.settings)).config).toEqual(config);
  expect(found.metrics[199]).toMatchObject({ step: 200, train_loss: 'NaN', test_loss_sum: 157 / 200 });
  expect(found.tests).toHaveLength(run.tests.length);
});

test('an event file comes back the same, also one that is still written', async () => {
  const predictions = {
    predictions: new Uint8Array(1),
    labels: new Uint8Array(1),
    images: new Uint8Array(784),
  };
  const parameters = usualWeights(lenet);
  const bytes = await encodeEvents({
    config,
    link: '',
    run,
    parameters,
    gradients: null,
    predictions,
    kept: noneKept,
  });
  const curves = await read(bytes);
  const csv = await read(encodeMetricsCsv(run));
  for (const column of metricColumns) {
    expect(curves.get(column)?.steps).toEqual(csv.get(column)?.steps);
    expect(curves.get(column)?.values).toEqual(csv.get(column)?.values.map(Math.fround));
  }
  const cut = await read(bytes.slice(0, 20_000));
  const steps = cut.get('train_loss')?.steps.length ?? 0;
  expect(steps).toBeGreaterThan(50);
  expect(steps).toBeLessThan(200);
  bytes[5000] = (bytes[5000] ?? 0) ^ 1;
  await expect(read(bytes)).rejects.toMatchObject({ details: { kind: 'damaged' } });
});

test('tables of other programs are read', async () => {
  const curves = await readText(
    '\u{feff}Epoch;Step;Loss/train;val_acc;note\r\n1;10;0.5;0.9;"a;b"\r\n1;20;;1;\r\n\r\n2;20;-inf;.5e0;\r\n',
  );
  expect(curves.get('train_loss')).toEqual({ steps: [10, 20], values: [0.5, -Infinity] });
  expect(curves.get('test_accuracy')).toEqual({ steps: [10, 20], values: [0.9, 0.5] });
});

test('what is no table of metrics is said', async () => {
  expect(await kindOf('')).toEqual({ kind: 'not_metrics' });
  expect(await kindOf('404: Not Found')).toEqual({ kind: 'not_metrics' });
  expect(await kindOf('a\0b')).toEqual({ kind: 'not_metrics' });
  expect(await kindOf('epoch,loss\n1,2')).toEqual({ kind: 'no_step_column' });
  expect(await kindOf('step,speed\n1,2')).toEqual({ kind: 'no_metric', found: ['step', 'speed'] });
  expect(await kindOf('step,loss\n1,2\n2,two')).toEqual({
    kind: 'bad_number',
    line: 3,
    column: 'loss',
    text: 'two',
  });
  expect(await kindOf('step,loss\n1.5,2')).toEqual({
    kind: 'bad_number',
    line: 2,
    column: 'step',
    text: '1.5',
  });
  const large = { ...inMemory(new Uint8Array()), size: 2 ** 30 };
  await expect(readMetrics(large)).rejects.toMatchObject({ details: { kind: 'too_large' } });
  const many = `step,loss\n${'1,1\n'.repeat(2_000_001)}`;
  expect(await kindOf(many)).toMatchObject({ kind: 'too_many_rows' });
});

test('curves are compared where both have a value', () => {
  const ours = { steps: [1, 2, 3, 4, 5], values: [2.3, 2.2, 2.1, NaN, 1000] };
  expect(compareCurves(ours, { steps: [2, 3, 9], values: [2.2004, 2.1, 1] })).toEqual({
    steps: 2,
    largest: { step: 2, difference: expect.closeTo(0.0004, 6) as number },
    parting: null,
  });
  expect(compareCurves(ours, { steps: [1, 3, 4, 5], values: [2.3, 2.3, NaN, 1000.5] })).toMatchObject({
    largest: { step: 5, difference: 0.5 },
    parting: 3,
  });
  expect(compareCurves(ours, { steps: [4], values: [1] })).toEqual({
    steps: 1,
    largest: { step: 4, difference: Infinity },
    parting: 4,
  });
  expect(compareCurves(ours, { steps: [7], values: [1] })).toBeNull();
});
