/** The store of runs: in IndexedDB, or in memory where the browser has or allows none. */
import { openDatabase } from '@/storage/database';
import { databaseRuns } from '@/storage/runs/databaseRuns';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import type { RunStore } from '@/storage/runs/runStore';

export async function openRuns(): Promise<RunStore> {
  try {
    return databaseRuns(await openDatabase());
  } catch {
    return memoryRuns();
  }
}
