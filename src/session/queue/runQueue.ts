/** The queue of runs as data: what is in it, and how it gets on. Pure. */
import type { RunConfig } from '@/model/runConfig';
import type { RunSweep } from '@/model/sweep/runSweep';

/**
 * `changed`: finished, but changed on the way, so that its figures are not those of its settings. `too_large`: the engine's memory
 * does not hold it, so it was not started. `no_data`: nor was it where its data set is not kept here. `unkept`: it finished, and the storage has not taken it.
 */
export const itemStates = [
  'waiting',
  'running',
  'done',
  'failed',
  'too_large',
  'no_data',
  'changed',
  'unkept',
] as const;
export type ItemState = (typeof itemStates)[number];

/** A run to be trained. */
export interface QueueItem {
  readonly config: RunConfig;
  /** The sweep that it is trained for; null: none. */
  readonly sweep: RunSweep | null;
  readonly state: ItemState;
  /** The recorded run, once it was begun: one that was cut goes on from there. */
  readonly runId: string | null;
}

/**
 * `paused`: the run in hand is. `interrupted`: a person took the trainer for something else, or the device was lost. `elsewhere`:
 * another tab runs it.
 */
export type QueuePhase = 'idle' | 'running' | 'paused' | 'interrupted' | 'elsewhere';

export interface QueueState {
  readonly phase: QueuePhase;
  readonly items: readonly QueueItem[];
}

export const emptyQueue: QueueState = { phase: 'idle', items: [] };

/** What is to be queued. */
export type QueuedRun = Pick<QueueItem, 'config' | 'sweep'>;

const waiting = ({ config, sweep }: QueuedRun): QueueItem => ({
  config,
  sweep,
  state: 'waiting',
  runId: null,
});

/** With these behind what is there; in place of a queue that is done. */
export function extended({ phase, items }: QueueState, added: readonly QueuedRun[]): QueueState {
  const before = phase === 'idle' ? [] : items;
  return { phase: phase === 'idle' ? 'running' : phase, items: [...before, ...added.map(waiting)] };
}

/** The item in hand, or null. */
export function runningItem({ items }: QueueState): QueueItem | null {
  return items.find(({ state }) => state === 'running') ?? null;
}

const withRunning = (queue: QueueState, change: Partial<QueueItem>): QueueState => ({
  ...queue,
  items: queue.items.map((item) => (item.state === 'running' ? { ...item, ...change } : item)),
});

/** The item in hand is this run. */
export function begun(queue: QueueState, runId: string): QueueState {
  return withRunning(queue, { runId });
}

/** Ends the item in hand with this state. */
export function settled(queue: QueueState, state: ItemState): QueueState {
  return withRunning(queue, { state });
}

/** The first waiting item becomes the one in hand; idle where none waits. */
export function advanced(queue: QueueState): QueueState {
  const next = queue.items.findIndex(({ state }) => state === 'waiting');
  if (next < 0) return { ...queue, phase: 'idle' };
  const items = queue.items.map((item, i) => (i === next ? ({ ...item, state: 'running' } as const) : item));
  return { phase: 'running', items };
}

/** The run in hand stops; it goes on where the queue does. */
export function interrupted(queue: QueueState): QueueState {
  return { ...settled(queue, 'waiting'), phase: 'interrupted' };
}

export const isSettled = ({ state }: QueueItem): boolean => state !== 'waiting' && state !== 'running';
