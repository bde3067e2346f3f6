/** Writes what the doctor finds to the record of the run at hand, when it changes. */
import type { StoreApi } from 'zustand/vanilla';
import type { SessionState } from '@/session/sessionState';
import type { RunStore } from '@/storage/runs/runStore';

export function recordDiagnoses(store: StoreApi<SessionState>, runs: () => Promise<RunStore>): void {
  store.subscribe(({ diagnoses, run, storedRunId }, before) => {
    if (run === null || run.runId !== storedRunId) return;
    if (diagnoses === before.diagnoses && storedRunId === before.storedRunId) return;
    const found = diagnoses.map(({ id, step }) => ({ id, step }));
    runs()
      .then((storage) => storage.annotate(run.runId, { diagnoses: found }))
      // A note that is not taken is found again at the next look.
      .catch(() => undefined);
  });
}
