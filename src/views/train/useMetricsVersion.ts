/** Tells that the training metrics grew, at most once in `milliseconds`: a chart need not follow every message. */
import { useEffect, useState } from 'react';
import { session } from '@/store/session';

export function useMetricsVersion(milliseconds: number): number {
  const [version, setVersion] = useState(() => session.store.getState().metricsVersion);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (): void => {
      timer = undefined;
      setVersion(session.store.getState().metricsVersion);
    };
    const unsubscribe = session.store.subscribe((state, before) => {
      if (state.metricsVersion !== before.metricsVersion) timer ??= setTimeout(show, milliseconds);
    });
    // What arrived between the first render and this effect.
    show();
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [milliseconds]);
  return version;
}
