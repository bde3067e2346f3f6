/** Keeps the list of runs up to date while the view is open. */
import { useEffect } from 'react';
import { runs } from '@/features/runs/runsStore';
import { isUnderWay } from '@/session/selectors';
import { useSession } from '@/session/session';

const refreshMilliseconds = 2000;

export function useRunList(): void {
  const runId = useSession((state) => state.run?.runId ?? null);
  const isTraining = useSession(isUnderWay);
  useEffect(() => {
    const refresh = (): void => {
      if (document.visibilityState === 'visible') void runs.actions.refresh();
    };
    refresh();
    // Other tabs train and delete too.
    document.addEventListener('visibilitychange', refresh);
    return () => document.removeEventListener('visibilitychange', refresh);
  }, []);
  useEffect(() => {
    if (runId === null) return undefined;
    void runs.actions.refreshOne(runId);
    if (!isTraining) return undefined;
    const timer = setInterval(() => void runs.actions.refreshOne(runId), refreshMilliseconds);
    return () => clearInterval(timer);
  }, [runId, isTraining]);
}
