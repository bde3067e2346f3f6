/** The store of runs: in IndexedDB, or in memory where that cannot be used. */
import { openDatabase } from '@/storage/database';
import { databaseRuns } from '@/storage/runs/databaseRuns';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import type { RunStore } from '@/storage/runs/runStore';

export async function openRuns(): Promise<RunStore> {
  try {
    return databaseRuns(await openDatabase());
  } catch (error) {
    const isNewer = error instanceof DOMException && error.name === 'VersionError';
    return memoryRuns(isNewer ? 'newer_version' : 'no_storage');
  }
}
