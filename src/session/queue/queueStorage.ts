/** What of the queue outlives a reload, in localStorage, which is written at once: the next page must not begin a run twice. */
import * as v from 'valibot';
import { completeQuery, configFromQuery } from '@/model/configQuery';
import type { RunConfig } from '@/model/runConfig';
import { reportRunById, runLengths } from '@/report/reportRuns';
import { interrupted, itemStates, type QueueItem, type QueueState } from '@/session/queue/runQueue';

const storageKey = 'digit-lab.queue';

/** More than anybody waits for, and what the storage holds of large networks. */
export const mostQueued = 500;

const savedSchema = v.object({
  version: v.literal(2),
  isResting: v.boolean(),
  /** The settings on Train before it began. */
  draft: v.nullable(v.string()),
  items: v.pipe(
    v.array(
      v.object({
        /** Every setting, as a link's query. */
        settings: v.string(),
        sweep: v.nullable(v.object({ id: v.string(), point: v.number(), keys: v.array(v.string()) })),
        state: v.picklist(itemStates),
        runId: v.nullable(v.string()),
      }),
    ),
    v.maxLength(mostQueued),
  ),
});
type SavedItem = v.InferOutput<typeof savedSchema>['items'][number];

/** Of versions of the page whose queue was the report's alone. */
const reportQueueSchema = v.object({
  version: v.literal(1),
  items: v.pipe(
    v.array(v.object({ runId: v.string(), length: v.picklist(runLengths), state: v.string() })),
    v.maxLength(100),
  ),
});

/** A queue is written anew at each of its changes. */
const knownSettings = new WeakMap<RunConfig, string>();
function settingsOf(config: RunConfig): string {
  const settings = knownSettings.get(config) ?? new URLSearchParams(completeQuery(config)).toString();
  knownSettings.set(config, settings);
  return settings;
}

/** Writes what has to outlive a reload; an idle queue is forgotten. False where the browser does not take it. */
export function saveQueue(
  storage: Storage | null,
  { phase, items }: QueueState,
  draft: RunConfig | null,
): boolean {
  try {
    if (phase === 'idle') {
      storage?.removeItem(storageKey);
      return true;
    }
    const saved = items.map(({ config, ...item }): SavedItem => ({
      ...item,
      sweep: item.sweep === null ? null : { ...item.sweep, keys: [...item.sweep.keys] },
      settings: settingsOf(config),
    }));
    const queue: v.InferOutput<typeof savedSchema> = {
      version: 2,
      isResting: phase !== 'running',
      draft: draft === null ? null : settingsOf(draft),
      items: saved,
    };
    storage?.setItem(storageKey, JSON.stringify(queue));
    return storage !== null;
  } catch {
    // Full, or forbidden: the queue ends with the page.
    return false;
  }
}

function configOf(settings: string): RunConfig | null {
  const { config, issues } = configFromQuery(new URLSearchParams(settings));
  return issues.length === 0 ? config : null;
}

function itemOf({ settings, ...item }: SavedItem): QueueItem[] {
  const config = configOf(settings);
  return config === null ? [] : [{ ...item, config }];
}

function savedOf(saved: unknown): Omit<SavedQueue, 'queue'> & { readonly items: QueueItem[] } {
  const parsed = v.safeParse(savedSchema, saved);
  if (parsed.success) {
    const { items, isResting, draft } = parsed.output;
    return { items: items.flatMap(itemOf), isResting, draft: draft === null ? null : configOf(draft) };
  }
  const old = v.safeParse(reportQueueSchema, saved);
  const oldItems = old.success ? old.output.items : [];
  const items = oldItems.flatMap(({ runId, length, state }): QueueItem[] => {
    const config = reportRunById(runId)?.configs[length];
    const known = itemStates.find((one) => one === state) ?? 'changed';
    return config === undefined ? [] : [{ config, sweep: null, runId: null, state: known }];
  });
  return { items, isResting: false, draft: null };
}

export interface SavedQueue {
  readonly queue: QueueState;
  /** It stood still: it waits to be told. */
  readonly isResting: boolean;
  /** The settings on Train before it began; null: not known. */
  readonly draft: RunConfig | null;
}

/** The queue that a reload cut, the run in hand waiting again; null where there is none. */
export function loadQueue(storage: Pick<Storage, 'getItem'> | null): SavedQueue | null {
  try {
    const text = storage?.getItem(storageKey) ?? null;
    if (text === null) return null;
    const { items, isResting, draft } = savedOf(JSON.parse(text));
    const queue = interrupted({ phase: 'interrupted', items });
    return queue.items.some(({ state }) => state === 'waiting') ? { queue, isResting, draft } : null;
  } catch {
    return null;
  }
}
