/** Tells that layer statistics came in, at most once a second: they come in bursts while a run begins. */
import { startTransition, useEffect, useState } from 'react';
import { session } from '@/session/session';

const pauseMilliseconds = 1000;

export function useStatisticsVersion(): number {
  const [version, setVersion] = useState(() => session.store.getState().statisticsVersion);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (): void => {
      timer = undefined;
      // Drawn in slices: the first figures make all of the plot and its table.
      startTransition(() => setVersion(session.store.getState().statisticsVersion));
    };
    const unsubscribe = session.store.subscribe((state, before) => {
      if (state.statisticsVersion === before.statisticsVersion) return;
      // A new run is shown at once: nothing of the old one may stay.
      if (state.run?.runId !== before.run?.runId) show();
      else timer ??= setTimeout(show, pauseMilliseconds);
    });
    // What arrived between the first render and this effect.
    show();
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, []);
  return version;
}
