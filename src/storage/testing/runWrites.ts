/** Runs to write, whose every part tells whose it is and how far it was: what is half written, or another run's, shows. */
import { countClasses } from '@/model/classCounts';
import type { CurvaturePoint } from '@/model/curvature';
import { defaultConfig } from '@/model/presets';
import type { EngineState } from '@/model/engineState';
import type { EvaluationPoint } from '@/model/testFigures';
import { drawnFromSeed } from '@/model/weightsOrigin';
import { chunkSteps, RecordedMetrics } from '@/storage/runs/recordedMetrics';
import { emptyNotes, type RecordedRun } from '@/storage/runs/runSchema';
import { curvatureChunks, type RunStore, type RunWrite } from '@/storage/runs/runStore';

/** What stands at each step of the run that `mark` belongs to. */
const valueAt = (mark: number, step: number): number => Math.fround(mark + step / 65_536);

const testAt = (mark: number, step: number): EvaluationPoint => ({
  step,
  epoch: step / 938,
  extent: 'full',
  loss: mark,
  sumOfBatchMeans: Number.NaN,
  accuracy: 0.5,
  count: 10_000,
  classes: countClasses(Uint8Array.of(1), Uint8Array.of(1)),
});

/** Of every 512 steps up to there. */
function curvatureUpTo(mark: number, to: number): CurvaturePoint[] {
  return Array.from({ length: Math.floor(to / 512) + 1 }, (_, i) => ({
    step: 512 * i,
    eigenvalue: valueAt(mark, 512 * i),
    stable: null,
    iterations: 5,
    isConverged: true,
    milliseconds: 1,
  }));
}

export function stateOf(mark: number, step: number, values: number): EngineState {
  const data = new Float32Array(values).fill(valueAt(mark, step));
  return { step, parameters: new Map([['weight', { dtype: 'F32', shape: [values], data }]]), optimizer: {} };
}

export const runOf = (id: string, steps: number): RecordedRun => ({
  id,
  createdAt: 1,
  updatedAt: steps,
  config: defaultConfig('lenet'),
  origin: drawnFromSeed,
  environment: {
    engine: 'wasm',
    backend: 'wasm',
    device: 'WebAssembly',
    isSoftware: false,
    browser: 'a browser',
    pageVersion: '0',
  },
  switchedEngine: false,
  parent: null,
  sweep: null,
  events: [],
  phase: 'training',
  summary: {
    steps,
    totalSteps: 10_000,
    seconds: steps,
    lastLoss: Number.NaN,
    lastAccuracy: null,
    bestAccuracy: null,
    bestStep: null,
    sparkline: [1, Number.NaN],
    bytes: 0,
  },
  thinnedLoss: null,
  diagnoses: [],
  notes: emptyNotes,
  deletedAt: null,
});

/** Everything up to `to`, of which all after `from` is new. */
export function writeOf(
  { id, mark, values = 8 }: { readonly id: string; readonly mark: number; readonly values?: number },
  from: number,
  to: number,
  dropKeyframes: readonly number[] = [],
): RunWrite {
  const metrics = new RecordedMetrics();
  const line = Float32Array.from({ length: to }, (_, step) => valueAt(mark, step));
  metrics.append({ firstStep: 0, loss: line, accuracy: line, learningRate: line }, to);
  return {
    run: runOf(id, to),
    truncate: from,
    metrics: metrics.chunks(from),
    statistics: [],
    curvature: curvatureChunks(curvatureUpTo(mark, to)).filter(
      ({ chunk }) => chunk >= Math.floor(from / chunkSteps),
    ),
    tests: [testAt(mark, to)],
    keyframes: [stateOf(mark, to, values)],
    dropKeyframes,
  };
}

/** What is wrong with a run that was written by `writeOf` alone; null where it is whole. */
export async function faultOf(store: RunStore, id: string, mark: number): Promise<string | null> {
  const run = await store.get(id);
  if (run === null) return null;
  const { steps } = run.summary;
  const metrics = await store.metrics(id);
  if (metrics.count !== steps) return `${metrics.count} of ${steps} steps have metrics.`;
  if (!metrics.values('loss').every((value, step) => value === valueAt(mark, step)))
    return 'Foreign metrics.';
  const keyframes = await store.keyframeSteps(id);
  if (keyframes.at(-1) !== steps) return `The last keyframe is ${keyframes.at(-1)} of ${steps} steps.`;
  for (const step of keyframes) {
    const data = (await store.keyframe(id, step))?.parameters.get('weight')?.data;
    if (!(data instanceof Float32Array) || !data.every((value) => value === valueAt(mark, step)))
      return `The keyframe of step ${step} is not what was written.`;
  }
  const curvature = JSON.stringify(await store.curvature(id));
  if (curvature !== JSON.stringify(curvatureUpTo(mark, steps))) return `Its curvature is ${curvature}.`;
  const tests = await store.tests(id);
  if (tests.at(-1)?.step !== steps || tests.some(({ loss }) => loss !== mark)) return 'Foreign tests.';
  return null;
}
