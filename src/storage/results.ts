/** Measured runs in IndexedDB. What is read back is validated: other versions of the page, or anyone, may have written it. */
import * as v from 'valibot';
import { classCount } from '@/model/classCounts';
import { configFromQuery, configToQuery } from '@/model/configQuery';
import type { RunConfig } from '@/model/runConfig';
import type { RunResult } from '@/model/runResult';
import type { DigitLabDatabase } from '@/storage/database';

/** Version of a record's form. A change of the form adds a schema beside this one, and decodeResult brings the older to the newer. */
const version = 1;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const counts = v.pipe(v.array(count), v.length(classCount));
const finite = v.pipe(v.number(), v.finite());
const loss = v.nullable(finite);
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const longestLine = 5000;

const recordSchema = v.object({
  version: v.literal(version),
  /** The run's settings as a link's query: the key, and the form that is validated already. */
  settings: v.string(),
  finishedAt: finite,
  backend: v.object({
    engine: v.picklist(['tfjs', 'wasm', 'webgpu']),
    backend: v.picklist(['webgpu', 'webgl', 'wasm', 'cpu']),
    device: v.string(),
    isSoftware: v.boolean(),
  }),
  seconds: v.pipe(finite, v.minValue(0)),
  trainingLoss: v.pipe(
    v.object({
      steps: v.pipe(v.array(count), v.maxLength(longestLine)),
      values: v.pipe(v.array(loss), v.maxLength(longestLine)),
    }),
    v.check(({ steps, values }) => steps.length === values.length, 'A line has one value a step.'),
  ),
  tests: v.pipe(
    v.array(
      v.object({
        step: count,
        epoch: finite,
        loss,
        sumOfBatchMeans: loss,
        accuracy: share,
        classes: v.object({ labelled: counts, predicted: counts, right: counts }),
      }),
    ),
    v.minLength(1),
  ),
});
type ResultRecord = v.InferOutput<typeof recordSchema>;

const settingsOf = (config: RunConfig): string => new URLSearchParams(configToQuery(config)).toString();

/** A result as it is stored. */
export function encodeResult({ config, ...measured }: RunResult): unknown {
  return { version, settings: settingsOf(config), ...measured };
}

function fromRecord({ version: _version, settings, ...measured }: ResultRecord): RunResult | null {
  const { config, issues } = configFromQuery(new URLSearchParams(settings));
  return issues.length === 0 ? { config, ...measured } : null;
}

/** The result of a stored record; null where it is none, such as from a newer version. */
export function decodeResult(record: unknown): RunResult | null {
  const parsed = v.safeParse(recordSchema, record);
  return parsed.success ? fromRecord(parsed.output) : null;
}

/** All results that can be read; damaged ones are left out. */
export async function loadResults(database: DigitLabDatabase): Promise<RunResult[]> {
  const records = await database.getAll('results');
  return records.flatMap((record) => decodeResult(record) ?? []);
}

/** Takes the place of an earlier result of the same settings. */
export async function saveResult(database: DigitLabDatabase, result: RunResult): Promise<void> {
  await database.put('results', encodeResult(result));
}
