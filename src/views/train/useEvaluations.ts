/**
 * The run's tests, for one of several charts. Each chart takes them over in a task of its own, some time after the one before:
 * drawn together they would hold the main thread too long.
 */
import { useEffect, useState } from 'react';
import { session } from '@/store/session';
import type { EvaluationPoint } from '@/store/sessionState';

const betweenCharts = 70;

/** place: 0 for the first chart, 1 for the next. */
export function useEvaluations(place: number): readonly EvaluationPoint[] {
  const [evaluations, setEvaluations] = useState(() => session.store.getState().evaluations);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = (): void => {
      timer = undefined;
      setEvaluations(session.store.getState().evaluations);
    };
    const unsubscribe = session.store.subscribe((state, before) => {
      if (state.evaluations !== before.evaluations) timer ??= setTimeout(take, (place + 1) * betweenCharts);
    });
    // What arrived between the first render and this effect.
    take();
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [place]);
  return evaluations;
}
