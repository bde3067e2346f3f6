import { losesOnLeaving } from '@/session/startPlan';
import { session } from '@/session/session';

/** Lets the browser ask before the page is left, as long as a run is under way or weights are nowhere else. */
export function askBeforeLeaving(): void {
  const ask = (event: BeforeUnloadEvent): void => {
    event.preventDefault();
  };
  // Only while it has something to ask: pages that may ask are not kept for the way back.
  const follow = (isLoss: boolean): void => {
    if (isLoss) addEventListener('beforeunload', ask);
    else removeEventListener('beforeunload', ask);
  };
  session.store.subscribe((state, before) => {
    const isLoss = losesOnLeaving(state);
    if (isLoss !== losesOnLeaving(before)) follow(isLoss);
  });
}
