/** The queue of the report's runs as data: what is in it, how far it is, and what of it outlives a reload. */
import * as v from 'valibot';
import { runCost } from '@/model/cost';
import { imagesPerEpoch, stepsPerEpoch, type RunConfig } from '@/model/runConfig';
import { reportRunById, runLengths, type RunLength } from '@/report/reportRuns';

/**
 * `unrecorded`: finished, but changed on the way, so that its figures are not the report's run's. `too_large`: the engine's memory
 * does not hold it, so it was not started.
 */
export const itemStates = ['waiting', 'running', 'done', 'failed', 'too_large', 'unrecorded'] as const;
export type ItemState = (typeof itemStates)[number];

export interface QueueItem {
  readonly runId: string;
  readonly length: RunLength;
  readonly state: ItemState;
}

/**
 * `interrupted`: a person took the trainer for something else, or the device was lost; `resumeQueue` goes on.
 * `elsewhere`: another tab runs it.
 */
export type QueuePhase = 'idle' | 'running' | 'interrupted' | 'elsewhere';

export interface QueueState {
  readonly phase: QueuePhase;
  readonly items: readonly QueueItem[];
}

export const emptyQueue: QueueState = { phase: 'idle', items: [] };

/** A new queue of these runs. */
export function queueOf(
  chosen: readonly { readonly runId: string; readonly length: RunLength }[],
): QueueState {
  return {
    phase: 'running',
    items: chosen.map(({ runId, length }) => ({ runId, length, state: 'waiting' })),
  };
}

/** The item in hand, or null. */
export function runningItem({ items }: QueueState): QueueItem | null {
  return items.find(({ state }) => state === 'running') ?? null;
}

/** Ends the item in hand with this state. */
export function settled(queue: QueueState, state: ItemState): QueueState {
  return {
    ...queue,
    items: queue.items.map((item) => (item.state === 'running' ? { ...item, state } : item)),
  };
}

/** The first waiting item becomes the one in hand; idle where none waits. */
export function advanced(queue: QueueState): QueueState {
  const next = queue.items.findIndex(({ state }) => state === 'waiting');
  if (next < 0) return { ...queue, phase: 'idle' };
  const items = queue.items.map((item, i) => (i === next ? ({ ...item, state: 'running' } as const) : item));
  return { phase: 'running', items };
}

/** The run in hand stops; it starts again where the queue goes on. */
export function interrupted(queue: QueueState): QueueState {
  return { ...settled(queue, 'waiting'), phase: 'interrupted' };
}

export function configOf({ runId, length }: QueueItem): RunConfig | null {
  return reportRunById(runId)?.configs[length] ?? null;
}

const testImages = 10_000;
/** Forward, and backward through weights and inputs: each about as many operations as the forward pass. */
const trainingFactor = 3;

/** Operations of a whole run, its tests after each epoch included. */
export function workOf(config: RunConfig): number {
  const { flops } = runCost(config);
  return flops * config.epochs * (trainingFactor * imagesPerEpoch(config) + testImages);
}

/** Operations done so far. The test after an epoch may take longer than the epoch: it counts image by image. */
function workDone(config: RunConfig, { step, testedImages }: RunningRun): number {
  const { flops } = runCost(config);
  const perEpoch = stepsPerEpoch(config);
  const epochs = Math.floor(step / perEpoch);
  const images = (step % perEpoch) * config.batchSize;
  // A test in mid-epoch is a quick one, which is not counted.
  const isFullTest = testedImages !== null && epochs > 0 && step % perEpoch === 0;
  const tested = isFullTest ? (epochs - 1) * testImages + testedImages : epochs * testImages;
  return flops * (trainingFactor * (epochs * imagesPerEpoch(config) + images) + tested);
}

export interface QueueProgress {
  /** Of 1; measured in operations, so that a large network counts for more. */
  readonly share: number;
  readonly finished: number;
  /** Null until the speed is known. */
  readonly secondsLeft: number | null;
}

export interface RunningRun {
  readonly step: number;
  /** Images of the running test that are done; null where none runs. */
  readonly testedImages: number | null;
  readonly imagesPerSecond: number | null;
}

/** How far the queue is. The rest is assumed to be computed as fast as the run in hand, by its number of operations. */
export function queueProgress({ items }: QueueState, run: RunningRun | null): QueueProgress {
  let total = 0;
  let done = 0;
  let perSecond: number | null = null;
  for (const item of items) {
    const config = configOf(item);
    if (config === null) continue;
    const work = workOf(config);
    total += work;
    if (item.state === 'running' && run !== null) {
      done += workDone(config, run);
      if (run.imagesPerSecond !== null)
        perSecond = run.imagesPerSecond * trainingFactor * runCost(config).flops;
    } else if (item.state !== 'waiting' && item.state !== 'running') {
      done += work;
    }
  }
  return {
    share: total === 0 ? 0 : done / total,
    finished: items.filter(({ state }) => state !== 'waiting' && state !== 'running').length,
    secondsLeft: perSecond === null ? null : (total - done) / perSecond,
  };
}

const storageKey = 'digit-lab.queue';

const savedSchema = v.object({
  version: v.literal(1),
  items: v.pipe(
    v.array(v.object({ runId: v.string(), length: v.picklist(runLengths), state: v.picklist(itemStates) })),
    v.maxLength(100),
  ),
});

/** Writes what has to outlive a reload; an idle queue is forgotten. */
export function saveQueue(storage: Storage | null, { phase, items }: QueueState): void {
  try {
    if (phase === 'idle') storage?.removeItem(storageKey);
    else storage?.setItem(storageKey, JSON.stringify({ version: 1, items }));
  } catch {
    // Private windows may forbid writing: the queue ends with the page.
  }
}

/** The queue that a reload cut, the run in hand waiting again; null where there is none. */
export function loadQueue(storage: Pick<Storage, 'getItem'> | null): QueueState | null {
  try {
    const text = storage?.getItem(storageKey) ?? null;
    const parsed = text === null ? null : v.safeParse(savedSchema, JSON.parse(text));
    if (parsed?.success !== true) return null;
    const items = parsed.output.items.filter(({ runId }) => reportRunById(runId) !== undefined);
    const queue = interrupted({ phase: 'interrupted', items });
    return queue.items.some(({ state }) => state === 'waiting') ? queue : null;
  } catch {
    return null;
  }
}
