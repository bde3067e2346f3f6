/**
 * Results that older versions of the page kept apart, one a set of settings of the report, become recorded runs: settings, tests and
 * the drawn line of the loss, all that they had. What is published of their form stays as it is.
 */
import * as v from 'valibot';
import { classCount } from '@/model/classCounts';
import { configFromQuery } from '@/model/configQuery';
import { totalSteps } from '@/model/learningRate';
import type { EvaluationPoint } from '@/model/testFigures';
import { drawnFromSeed } from '@/model/weightsOrigin';
import { emptyNotes, type RecordedRun } from '@/storage/runs/runSchema';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const counts = v.pipe(v.array(count), v.length(classCount));
const finite = v.pipe(v.number(), v.finite());
const loss = v.nullable(finite);
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const longestLine = 5000;

const resultSchema = v.object({
  version: v.literal(1),
  /** The run's settings as a link's query. */
  settings: v.string(),
  finishedAt: finite,
  backend: v.object({
    engine: v.picklist(['tfjs', 'wasm', 'webgpu']),
    backend: v.picklist(['webgpu', 'webgl', 'wasm', 'cpu']),
    device: v.string(),
    isSoftware: v.boolean(),
  }),
  /** Spent training and testing. */
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

/** Points of a sparkline. */
const mostPoints = 64;
/** The test set's images. */
const testImages = 10_000;

function sparklineOf(values: readonly (number | null)[]): number[] {
  const perPoint = Math.max(1, Math.ceil(values.length / mostPoints));
  return Array.from({ length: Math.ceil(values.length / perPoint) }, (_, i) => {
    const part = values.slice(i * perPoint, (i + 1) * perPoint).map((value) => value ?? Number.NaN);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

export interface MigratedResult {
  readonly run: RecordedRun;
  readonly tests: readonly EvaluationPoint[];
}

/** The recorded run of a stored result, under this id; null where it is none, which no version of the page could show. */
export function runOfResult(record: unknown, id: string): MigratedResult | null {
  const parsed = v.safeParse(resultSchema, record);
  if (!parsed.success) return null;
  const { settings, finishedAt, backend, seconds, trainingLoss, tests } = parsed.output;
  const { config, issues } = configFromQuery(new URLSearchParams(settings));
  if (issues.length > 0) return null;
  const points = tests.map((test): EvaluationPoint => ({
    ...test,
    extent: 'full',
    loss: test.loss ?? Number.NaN,
    sumOfBatchMeans: test.sumOfBatchMeans ?? Number.NaN,
    count: testImages,
  }));
  const best = points.reduce<EvaluationPoint | undefined>(
    (found, test) => (found === undefined || test.accuracy > found.accuracy ? test : found),
    undefined,
  );
  const steps = totalSteps(config);
  const run: RecordedRun = {
    id,
    createdAt: finishedAt - 1000 * seconds,
    updatedAt: finishedAt,
    config,
    origin: drawnFromSeed,
    environment: { ...backend, browser: '', pageVersion: '' },
    switchedEngine: false,
    parent: null,
    sweep: null,
    events: [],
    phase: 'finished',
    summary: {
      steps,
      totalSteps: steps,
      seconds,
      lastLoss: trainingLoss.values.at(-1) ?? Number.NaN,
      lastAccuracy: points.at(-1)?.accuracy ?? null,
      bestAccuracy: best?.accuracy ?? null,
      bestStep: best?.step ?? null,
      sparkline: sparklineOf(trainingLoss.values),
      bytes: 12 * trainingLoss.steps.length,
    },
    thinnedLoss: trainingLoss,
    diagnoses: [],
    notes: emptyNotes,
    deletedAt: null,
  };
  return { run, tests: points };
}
