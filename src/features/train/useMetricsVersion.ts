/**
 * Tells that the training metrics grew, at most once in `milliseconds`, and less often where drawing takes long: a chart
 * may use a part of the main thread, and the page stays responsive on a slow machine.
 */
import { useEffect, useState } from 'react';
import { session } from '@/session/session';

/** Drawing may take one part in so many of the time. */
const drawingShare = 6;

export function useMetricsVersion(milliseconds: number): number {
  const [version, setVersion] = useState(() => session.store.getState().metricsVersion);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let pause = milliseconds;
    const show = (): void => {
      timer = undefined;
      const start = performance.now();
      setVersion(session.store.getState().metricsVersion);
      // React renders before this message is handled.
      setTimeout(() => {
        pause = Math.min(2000, Math.max(milliseconds, drawingShare * (performance.now() - start)));
      });
    };
    const unsubscribe = session.store.subscribe((state, before) => {
      if (state.metricsVersion !== before.metricsVersion) timer ??= setTimeout(show, pause);
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
