/** One measurement of the curvature, and how it is measured; both outlive a change of tab. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { defaultCurvature, type CurvatureSettings } from '@/model/curvature';
import { NetworkPass } from '@/session/networkPass';
import { session } from '@/session/session';

export const curvaturePass = new NetworkPass({
  store: session.store,
  ask: session.actions.ask,
  request: 'curvature',
  isAutomatic: false,
  doneOf: ({ done }) => done,
});

const chosen = createStore<CurvatureSettings>(() => defaultCurvature);

export const useCurvatureSettings = (): CurvatureSettings => useStore(chosen);

/** Also of what is measured while it trains, where that is on. */
export function changeCurvature(change: Partial<CurvatureSettings>): void {
  chosen.setState(change);
  if (session.store.getState().curvature.settings !== null) session.actions.setCurvature(chosen.getState());
}
