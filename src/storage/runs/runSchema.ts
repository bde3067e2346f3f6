/**
 * The form of a run in storage: types, what is checked when it is read back, and how older forms become newer ones. Other versions
 * of the page, or anyone, may have written what is read.
 */
import * as v from 'valibot';
import { classCount } from '@/model/classCounts';
import { completeQuery, configFromQuery } from '@/model/configQuery';
import { dataOf, drawingsSchema, mnist, type DataSpec } from '@/model/dataSet';
import type { CurvaturePoint } from '@/model/curvature';
import type { EngineState } from '@/model/engineState';
import type { StepStatistics } from '@/model/layerStatistics';
import type { RunConfig } from '@/model/runConfig';
import type { RunEvent } from '@/model/runEvents';
import type { ThinnedLine } from '@/model/runResult';
import type { RunSweep } from '@/model/sweep/runSweep';
import type { EvaluationPoint } from '@/model/testFigures';
import { sizeOf, type StateDict } from '@/model/tensor';
import type { WeightsOrigin } from '@/model/weightsOrigin';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const counts = v.pipe(v.array(count), v.length(classCount));
const finite = v.pipe(v.number(), v.finite());
/** A loss may be NaN or infinite. */
const anyNumber = v.union([v.number(), v.nan()]);
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
/** Of a run; it names files too. */
export const runIdSchema = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/));
const shortText = v.pipe(v.string(), v.maxLength(200));

const environmentSchema = v.object({
  engine: v.picklist(['tfjs', 'wasm', 'webgpu']),
  backend: v.picklist(['webgpu', 'webgl', 'wasm', 'cpu']),
  /** Adapter or CPU as the engine names it, with its threads and fused multiply-add. */
  device: v.string(),
  isSoftware: v.boolean(),
  /** navigator.userAgent */
  browser: v.string(),
  pageVersion: v.string(),
});
/** What computed a run. */
export type RunEnvironment = Readonly<v.InferOutput<typeof environmentSchema>>;

const eventSchema = v.variant('kind', [
  v.object({ kind: v.literal('learningRate'), step: count, learningRate: finite }),
  v.object({ kind: v.literal('epochs'), step: count, epochs: count }),
]);

const summarySchema = v.object({
  /** Steps recorded. */
  steps: count,
  totalSteps: count,
  /** Spent training, without tests and pauses. */
  seconds: v.pipe(finite, v.minValue(0)),
  lastLoss: v.nullable(anyNumber),
  /** Of full tests. */
  lastAccuracy: v.nullable(share),
  bestAccuracy: v.nullable(share),
  bestStep: v.nullable(count),
  /** Means of the training loss over equal stretches of the run so far. */
  sparkline: v.pipe(v.array(anyNumber), v.maxLength(128)),
  /** Bytes of its metrics and keyframes. */
  bytes: count,
});
/** What lists show of a run. */
export type RunSummary = Readonly<v.InferOutput<typeof summarySchema>>;

const notesSchema = v.object({
  name: shortText,
  tags: v.pipe(v.array(shortText), v.maxLength(50)),
  notes: v.pipe(v.string(), v.maxLength(20_000)),
  pinned: v.boolean(),
});
/** What people write to a run; the page's, never the worker's. */
export interface RunNotes {
  readonly name: string;
  readonly tags: readonly string[];
  readonly notes: string;
  readonly pinned: boolean;
}

/** A line with some of its points, in order; steps count from 1. Null: not finite. */
const thinnedLineSchema = v.pipe(
  v.object({
    steps: v.pipe(v.array(count), v.maxLength(5000)),
    values: v.pipe(v.array(v.nullable(finite)), v.maxLength(5000)),
  }),
  v.check(({ steps, values }) => steps.length === values.length, 'A line has one value a step.'),
);

const sweepSchema = v.object({
  id: runIdSchema,
  point: count,
  keys: v.pipe(v.array(shortText), v.maxLength(50)),
});

export const emptyNotes: RunNotes = { name: '', tags: [], notes: '', pinned: false };

/** As it was written last; one that trains has a tab that holds its lock (runLock.ts), else it was cut. */
export const runPhases = ['training', 'paused', 'stopped', 'finished', 'failed'] as const;
export type RecordedPhase = (typeof runPhases)[number];

export interface RecordedRun {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** As it began; `events` say what changed in flight. */
  readonly config: RunConfig;
  readonly origin: WeightsOrigin;
  /** What computed its last steps. */
  readonly environment: RunEnvironment;
  /** Whether another engine or backend computed steps before those. */
  readonly switchedEngine: boolean;
  /** The run and step that its weights and optimizer's state were taken from. */
  readonly parent: { readonly runId: string; readonly step: number } | null;
  /** The sweep that it was trained for; null: none. */
  readonly sweep: RunSweep | null;
  readonly events: readonly RunEvent[];
  readonly phase: RecordedPhase;
  readonly summary: RunSummary;
  /**
   * All that is known of the training loss of a run that a version of the page measured which recorded none: it has no metrics by step
   * and no keyframes, and its time includes its tests. Null: its metrics are recorded.
   */
  readonly thinnedLoss: ThinnedLine | null;
  /** What the doctor found, by the ids of its rules, and the step at which each showed first. */
  readonly diagnoses: readonly { readonly id: string; readonly step: number }[];
  readonly notes: RunNotes;
  /** When a person deleted it, in milliseconds since 1970; null: it is kept. */
  readonly deletedAt: number | null;
}

/** What a record says of the data that a run was trained on, besides its settings: by what it is recognised, and its name. */
const dataSchema = v.object({
  sha256: v.string(),
  name: v.string(),
  drawings: v.nullable(drawingsSchema),
});

function identityOf({ sha256, name, drawings }: DataSpec): v.InferOutput<typeof dataSchema> {
  return { sha256, name, drawings: drawings ?? null };
}

/** Whatever it is called. */
function isSameData(a: v.InferOutput<typeof dataSchema>, b: v.InferOutput<typeof dataSchema>): boolean {
  return (
    a.sha256 === b.sha256 &&
    a.drawings?.sha256 === b.drawings?.sha256 &&
    a.drawings?.copies === b.drawings?.copies
  );
}

/** Version of the form. */
const version = 4;
/** upgrades[n] brings a record of version n + 1 to the next; what is published stays as it is. */
const upgrades: readonly ((record: Record<string, unknown>) => Record<string, unknown>)[] = [
  (record) => ({ ...record, version: 2, deletedAt: null }),
  (record) => ({ ...record, version: 3, switchedEngine: false, sweep: null, thinnedLoss: null }),
  // Before, there was MNIST alone.
  (record) => ({ ...record, version: 4, data: identityOf(mnist) }),
];

const recordSchema = v.object({
  version: v.literal(version),
  id: runIdSchema,
  createdAt: finite,
  updatedAt: finite,
  /** Every setting as a link's query, those that are as usual too: what is usual may change. */
  settings: v.string(),
  data: dataSchema,
  origin: v.object({ fileName: v.nullable(v.string()), nonFinite: count, steps: count }),
  environment: environmentSchema,
  switchedEngine: v.boolean(),
  parent: v.nullable(v.object({ runId: runIdSchema, step: count })),
  sweep: v.nullable(sweepSchema),
  events: v.array(eventSchema),
  phase: v.picklist(runPhases),
  summary: summarySchema,
  thinnedLoss: v.nullable(thinnedLineSchema),
  diagnoses: v.array(v.object({ id: v.string(), step: count })),
  notes: notesSchema,
  deletedAt: v.nullable(finite),
});

/** A run as it is stored, under its id. */
export function encodeRun({ config, ...run }: RecordedRun): { readonly id: string } {
  const record = {
    version,
    settings: new URLSearchParams(completeQuery(config)).toString(),
    data: identityOf(dataOf(config)),
    ...run,
  };
  return record;
}

function upgraded(record: unknown): unknown {
  if (typeof record !== 'object' || record === null || !('version' in record)) return record;
  const { version: from } = record;
  if (typeof from !== 'number' || from < 1 || from >= version) return record;
  return upgrades.slice(from - 1).reduce<Record<string, unknown>>((older, upgrade) => upgrade(older), {
    ...record,
  });
}

/** Whether a newer version of the page wrote it. */
export function isOfNewerPage(record: unknown): boolean {
  return v.is(v.object({ version: v.pipe(v.number(), v.minValue(version + 1)) }), record);
}

/** The run of a stored record; null where it is none, such as from a newer version. */
export function decodeRun(record: unknown): RecordedRun | null {
  const parsed = v.safeParse(recordSchema, upgraded(record));
  if (!parsed.success) return null;
  const { version: _version, settings, data, ...run } = parsed.output;
  const { config, issues } = configFromQuery(new URLSearchParams(settings));
  return issues.length === 0 && isSameData(data, identityOf(dataOf(config))) ? { ...run, config } : null;
}

const pagePartsSchema = v.object({
  diagnoses: recordSchema.entries.diagnoses,
  notes: notesSchema,
  /** Missing in the first form. */
  deletedAt: v.optional(v.nullable(finite), null),
});
/** What the page writes of a run. */
export type PageParts = Pick<RecordedRun, 'diagnoses' | 'notes' | 'deletedAt'>;

/** Those of a stored record, of any version; null where it is none. The rest of it is not looked at. */
export function decodePageParts(record: unknown): PageParts | null {
  const parsed = v.safeParse(pagePartsSchema, record);
  return parsed.success ? parsed.output : null;
}

const testSchema = v.object({
  step: count,
  epoch: finite,
  extent: v.picklist(['quick', 'full']),
  loss: anyNumber,
  sumOfBatchMeans: anyNumber,
  accuracy: share,
  count,
  classes: v.object({ labelled: counts, predicted: counts, right: counts }),
});

export function decodeTest(value: unknown): EvaluationPoint | null {
  const parsed = v.safeParse(testSchema, value);
  return parsed.success ? parsed.output : null;
}

const tensorStatistics = v.object({
  mean: anyNumber,
  std: anyNumber,
  maxAbs: anyNumber,
  zeroShare: anyNumber,
  nonFinite: count,
});
const stepStatisticsSchema = v.object({
  step: count,
  layers: v.array(
    v.object({
      name: v.string(),
      weight: tensorStatistics,
      gradient: tensorStatistics,
      input: tensorStatistics,
      deadShare: anyNumber,
      updateRatio: anyNumber,
    }),
  ),
  running: v.array(v.object({ name: v.string(), nonFinite: count })),
});
const statisticsSchema = v.array(stepStatisticsSchema);

export function decodeStatistics(value: unknown): readonly StepStatistics[] | null {
  const parsed = v.safeParse(statisticsSchema, value);
  return parsed.success ? parsed.output : null;
}

const curvatureSchema = v.array(
  v.object({
    step: count,
    eigenvalue: anyNumber,
    stable: v.nullable(anyNumber),
    iterations: count,
    isConverged: v.boolean(),
    milliseconds: v.pipe(finite, v.minValue(0)),
  }),
);

export function decodeCurvature(value: unknown): readonly CurvaturePoint[] | null {
  const parsed = v.safeParse(curvatureSchema, value);
  return parsed.success ? parsed.output : null;
}

const shapeSchema = v.array(count);
const tensorSchema = v.pipe(
  v.variant('dtype', [
    v.object({ dtype: v.literal('F32'), shape: shapeSchema, data: v.instance(Float32Array) }),
    v.object({ dtype: v.literal('I64'), shape: shapeSchema, data: v.instance(BigInt64Array) }),
    v.object({ dtype: v.literal('U8'), shape: shapeSchema, data: v.instance(Uint8Array) }),
  ]),
  v.check(
    ({ shape, data }) => data.length === sizeOf(shape),
    'A tensor has as many values as its shape says.',
  ),
);
const stateDictSchema = v.map(v.string(), tensorSchema);
const stateSchema = v.object({
  step: count,
  parameters: stateDictSchema,
  optimizer: v.record(v.string(), stateDictSchema),
});

/** Whether it is the state of a run; whether of this network the engine checks, which takes it in. */
export function isEngineState(value: unknown): value is EngineState {
  return v.is(stateSchema, value);
}

function bytesOfDict(state: StateDict): number {
  return [...state.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
}

/** Bytes of a state's values. */
export function bytesOfState({ parameters, optimizer }: EngineState): number {
  return [parameters, ...Object.values(optimizer)].reduce((sum, dict) => sum + bytesOfDict(dict), 0);
}
