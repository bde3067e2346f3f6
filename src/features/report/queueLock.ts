/** One tab at a time runs the queue: two would train the same runs and take each other's time. */

export interface QueueLock {
  release(): void;
}

const unguarded: QueueLock = { release: () => undefined };

const lockName = 'digit-lab.queue';

/** Null while another tab has it. The Web Locks API frees it when the tab ends, however it ends. */
export function acquireQueueLock(): Promise<QueueLock | null> {
  // Missing on plain http pages: then nothing guards, and nothing is lost but time.
  if (typeof navigator === 'undefined' || !('locks' in navigator)) {
    return Promise.resolve(unguarded);
  }
  return new Promise((resolve) => {
    const held = navigator.locks.request(lockName, { ifAvailable: true }, (lock) => {
      if (lock === null) {
        resolve(null);
        return undefined;
      }
      return new Promise<void>((release) => {
        resolve({ release });
      });
    });
    // There, and refused: where storage is blocked.
    held.catch(() => {
      resolve(unguarded);
    });
  });
}
