/** The page's queue of runs. */
import { useStore } from 'zustand';
import { createQueue, type RunQueue } from '@/session/queue/createQueue';
import type { QueueState } from '@/session/queue/runQueue';
import { session } from '@/session/session';
import { browserStorage } from '@/session/settings';

export const runQueue: RunQueue = createQueue(session, browserStorage());

/** Reads the queue in a component; renders again only when what the selector gives changes. */
export function useRunQueue<T>(selector: (queue: QueueState) => T): T {
  return useStore(runQueue.store, ({ queue }) => selector(queue));
}
