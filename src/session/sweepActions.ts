/** The learning-rate finder's part of what a person can do in a session. */
import type { StoreApi } from 'zustand/vanilla';
import { defaultSweep } from '@/model/learningRateSweep';
import { RequestError } from '@/session/pendingRequests';
import type { SessionActions, SessionState, SweepState } from '@/session/sessionState';
import { startsFromWeights } from '@/session/startPlan';
import type { TrainerClient } from '@/session/trainerClient';

type SweepActions = Pick<SessionActions, 'sweepLearningRate' | 'stopSweep' | 'closeSweep'>;

export function createSweepActions(
  store: StoreApi<SessionState>,
  client: () => TrainerClient | null,
): SweepActions {
  let sweeps = 0;
  const start = async (worker: TrainerClient): Promise<void> => {
    sweeps += 1;
    const sweepId = sweeps;
    /** Changes this sweep, where it is still the one shown. */
    const change = (part: (sweep: SweepState) => Partial<SweepState>): void => {
      store.setState(({ sweep }) =>
        sweep?.sweepId === sweepId ? { sweep: { ...sweep, ...part(sweep) } } : {},
      );
    };
    const state = store.getState();
    const { draft: config } = state;
    const weights = startsFromWeights(state, config) ? 'current' : 'seed';
    const { steps } = defaultSweep;
    store.setState({ sweep: { sweepId, phase: 'running', steps, points: [], error: null } });
    try {
      await worker.request('sweepLearningRate', { config, weights, sweep: defaultSweep }, (point) => {
        change(({ points }) => ({ points: [...points, point] }));
      });
      change(() => ({ phase: 'done' }));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      change(() => ({ phase: 'failed', error: error.asData }));
    }
  };
  const stop = (): void => {
    if (store.getState().sweep?.phase === 'running') client()?.send({ type: 'stopSweep' });
  };
  return {
    sweepLearningRate: () => {
      const worker = client();
      if (worker !== null && store.getState().sweep?.phase !== 'running') void start(worker);
    },
    stopSweep: stop,
    closeSweep: () => {
      stop();
      store.setState({ sweep: null });
    },
  };
}
