/** Keeps the list of runs up to date while the view is open. */
import { useEffect } from 'react';
import { runs } from '@/features/runs/runsStore';
import { useSession } from '@/session/session';

export function useRunList(): void {
  const recorded = useSession((state) => state.recorded);
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
    // About once a second while something trains, and of each run when it ends.
    if (recorded !== null) void runs.actions.refreshOne(recorded.runId);
  }, [recorded]);
}
