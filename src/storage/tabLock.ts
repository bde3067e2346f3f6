/** What one tab at a time may do, by the Web Locks API, which frees a lock when the tab ends, however it ends. */

export interface TabLock {
  release(): void;
}

const unguarded: TabLock = { release: () => undefined };

/** Missing on plain http pages, and in Node: then nothing guards. */
const lockManager = (): LockManager | undefined =>
  typeof navigator === 'undefined' ? undefined : (navigator as { readonly locks?: LockManager }).locks;

/** Null while another tab has it, for so long. */
export function acquireTabLock(name: string, waitMilliseconds = 0): Promise<TabLock | null> {
  const locks = lockManager();
  if (locks === undefined) return Promise.resolve(unguarded);
  return new Promise((resolve) => {
    const options =
      waitMilliseconds === 0 ? { ifAvailable: true } : { signal: AbortSignal.timeout(waitMilliseconds) };
    const held = locks.request(name, options, (lock) => {
      if (lock === null) {
        resolve(null);
        return undefined;
      }
      return new Promise<void>((release) => {
        resolve({ release });
      });
    });
    // There, and refused: where storage is blocked.
    held.catch((error: unknown) => {
      const isTaken = error instanceof DOMException && error.name === 'TimeoutError';
      resolve(isTaken ? null : unguarded);
    });
  });
}

const runLockPrefix = 'digit-lab.run.';
const runLockName = (runId: string): string => `${runLockPrefix}${runId}`;

/** Held by the tab that trains the run. */
export const acquireRunLock = (runId: string, waitMilliseconds = 0): Promise<TabLock | null> =>
  acquireTabLock(runLockName(runId), waitMilliseconds);

/** Whether no tab trains the run, or does not any more within so long. It is not held meanwhile. */
export async function isRunFree(runId: string, waitMilliseconds: number): Promise<boolean> {
  const locks = lockManager();
  if (locks === undefined) return true;
  try {
    const signal = AbortSignal.timeout(waitMilliseconds);
    return await locks.request(runLockName(runId), { mode: 'shared', signal }, () => true);
  } catch (error) {
    // There, and refused: where storage is blocked.
    return !(error instanceof DOMException && error.name === 'TimeoutError');
  }
}

/** The runs that a tab trains now. */
export async function lockedRuns(): Promise<ReadonlySet<string>> {
  try {
    const { held = [] } = (await lockManager()?.query()) ?? {};
    // Who looks whether a run is free shares its lock.
    const trained = held.filter(({ mode }) => mode === 'exclusive');
    const names = trained.flatMap(({ name }) => name ?? []).filter((name) => name.startsWith(runLockPrefix));
    return new Set(names.map((name) => name.slice(runLockPrefix.length)));
  } catch {
    return new Set();
  }
}
