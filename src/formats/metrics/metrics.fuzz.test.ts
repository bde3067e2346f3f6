/** Files of metrics with damage in them: every answer is curves in order or a MetricsFileError. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeMetricsCsv } from '@/formats/metrics/encodeMetrics';
import { MetricsFileError } from '@/formats/metrics/metricsFile';
import { readMetrics } from '@/formats/metrics/readMetrics';
import { encodeEvents } from '@/formats/tensorboard/encodeEvents';
import { decodeRecords, encodeRecords } from '@/formats/tensorboard/tfRecord';
import { lenet } from '@/model/architectures';
import { defaultConfig } from '@/model/presets';
import { inMemory } from '../../../scripts/fixtures/inMemory.ts';
import { runHistory } from '../../../scripts/fixtures/runHistory.ts';
import { usualWeights } from '../../../scripts/fixtures/usualWeights.ts';

const numRuns = Number(process.env['DIGIT_LAB_FUZZ_RUNS'] ?? 2000);
const noneKept = { steps: async () => [], parameters: async () => null };
const run = runHistory({ steps: 12, testEvery: 6 });

type Bytes = Uint8Array<ArrayBuffer>;
type Mutation = (bytes: Bytes) => Bytes;

const tokens = [
  ',',
  '\n',
  '"',
  '""',
  ';',
  '\t',
  '\r',
  '\0',
  '\u{feff}',
  'step',
  'loss',
  'nan',
  '-inf',
  '1e999',
  '-1',
  '9'.repeat(400),
].map((token) => new TextEncoder().encode(token));
const place = fc.double({ min: 0, max: 1, noNaN: true });
const put = fc.oneof(
  fc.constantFrom(...tokens),
  fc.uint8Array({ maxLength: 9 }).map((bytes) => new Uint8Array(bytes)),
);
const mutation: fc.Arbitrary<Mutation> = fc
  .tuple(place, fc.nat(12), put)
  .map(([at, removed, added]): Mutation => (bytes) => {
    const from = Math.floor(at * bytes.length);
    return new Uint8Array([...bytes.subarray(0, from), ...added, ...bytes.subarray(from + removed)]);
  });
const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });
const mutated = (bytes: Bytes, changes: readonly Mutation[]): Bytes =>
  changes.reduce((changed, change) => change(changed), bytes);

async function expectAnswer(bytes: Bytes): Promise<void> {
  try {
    for (const { steps, values } of (await readMetrics(inMemory(bytes))).values()) {
      expect(steps.length).toBe(values.length);
      expect(steps.every((step, i) => step >= 0 && step > (steps[i - 1] ?? -1))).toBe(true);
      expect(values.every((value) => typeof value === 'number')).toBe(true);
    }
  } catch (error) {
    if (!(error instanceof MetricsFileError)) throw error;
    expect(error.message.length + JSON.stringify(error.details).length).toBeLessThan(5000);
  }
}

test(`${numRuns} damaged tables`, async () => {
  const table = encodeMetricsCsv(run);
  await fc.assert(
    fc.asyncProperty(mutations, (changes) => expectAnswer(mutated(table, changes))),
    { numRuns },
  );
});

test(`${numRuns} damaged event files, most of them with the right checksums`, async () => {
  const predictions = {
    predictions: new Uint8Array(1),
    labels: new Uint8Array(1),
    images: new Uint8Array(784),
  };
  const source = { config: defaultConfig('lenet'), link: '', gradients: null, predictions, kept: noneKept };
  const whole = await encodeEvents({ ...source, run, parameters: usualWeights(lenet) });
  // The pictures and histograms at its end are passed over.
  const records = (await decodeRecords(whole)).slice(0, 16);
  const file = await encodeRecords(records);
  const framed = fc
    .tuple(fc.nat(records.length - 1), mutations)
    .map(([at, changes]) => records.map((record, i) => (i === at ? mutated(record, changes) : record)));
  await fc.assert(
    fc.asyncProperty(framed, mutations, fc.nat(3), async (damaged, changes, kind) =>
      expectAnswer(kind === 0 ? mutated(file, changes) : await encodeRecords(damaged)),
    ),
    { numRuns },
  );
});
