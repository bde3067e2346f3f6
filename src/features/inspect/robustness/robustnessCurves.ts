/** The accuracies under corruptions that were measured in this visit: those of the network on show, and of others beside them. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { CorruptionKind } from '@/model/corruptions';
import { NetworkPass } from '@/session/networkPass';
import { session } from '@/session/session';
import type { RequestValue } from '@/session/sessionState';

export type CurvePoint = RequestValue<'corruptionAccuracies'>['points'][number];

export interface Curves {
  readonly id: string;
  readonly network: string;
  readonly step: number;
  readonly images: number;
  readonly points: readonly CurvePoint[];
}

interface CurvesState {
  /** The newest first. */
  readonly measured: readonly Curves[];
  /** What is there of those that are being measured; null while none are. */
  readonly growing: Curves | null;
}

/** More than these cannot be told apart in one plot. */
const mostCurves = 6;

export const robustnessCurves = createStore<CurvesState>(() => ({ measured: [], growing: null }));
export const useCurves = (): CurvesState => useStore(robustnessCurves);

export const robustnessPass = new NetworkPass({
  store: session.store,
  ask: session.actions.ask,
  request: 'corruptionAccuracies',
  isAutomatic: false,
  doneOf: ({ done }) => done,
  onProgress: ({ point }) => {
    if (point === null) return;
    robustnessCurves.setState(({ growing }) =>
      growing === null ? {} : { growing: { ...growing, points: [...growing.points, point] } },
    );
  },
});

// An answer joins the others; whatever ends the question ends what was growing.
robustnessPass.state.subscribe(({ answer, running }, before) => {
  if (answer !== null && answer !== before.answer) {
    const { points, images, step } = answer.value;
    const { network } = session.store.getState().run?.config ?? {};
    const name = robustnessCurves.getState().growing?.network ?? network?.name ?? '';
    const curves = { id: `${answer.runId}:${step}:${images}`, network: name, step, images, points };
    robustnessCurves.setState(({ measured }) => ({
      measured: [curves, ...measured.filter(({ id }) => id !== curves.id)].slice(0, mostCurves),
    }));
  }
  if (running === null && before.running !== null) robustnessCurves.setState({ growing: null });
});

/** Measures the network on show. */
export function measureRobustness(kinds: readonly CorruptionKind[], count: number): void {
  const { run, shown } = session.store.getState();
  if (run === null || robustnessPass.state.getState().running !== null) return;
  const step = shown?.at ?? run.step;
  robustnessCurves.setState({
    growing: { id: 'growing', network: run.config.network.name, step, images: count, points: [] },
  });
  // One seed for all, so that every network is shown the same images.
  robustnessPass.start({ kinds, count, seed: 0 });
  if (robustnessPass.state.getState().running === null) robustnessCurves.setState({ growing: null });
}

export function forgetCurves(id: string): void {
  robustnessCurves.setState(({ measured }) => ({ measured: measured.filter((curves) => curves.id !== id) }));
}
