/** The runs that a run branched from, as far as they are kept. */
import type { RecordedRun } from '@/storage/runs/runSchema';
import type { RunStore } from '@/storage/runs/runStore';

/**
 * Its parent first, then that one's. Each comes once: runs of a file may name each other as parents, which no branch does.
 * @throws what the store throws
 */
export async function* ancestorsIn(
  store: Pick<RunStore, 'get'>,
  parentId: string | null,
): AsyncGenerator<RecordedRun, void> {
  const seen = new Set<string>();
  for (let next = parentId; next !== null && !seen.has(next);) {
    seen.add(next);
    // oxlint-disable-next-line no-await-in-loop -- each names the next
    const run = await store.get(next);
    if (run === null) return;
    yield run;
    next = run.parent?.runId ?? null;
  }
}
