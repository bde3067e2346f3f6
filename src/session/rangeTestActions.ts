/** The learning-rate finder's part of what a person can do in a session. */
import type { StoreApi } from 'zustand/vanilla';
import { defaultRangeTest } from '@/model/rangeTest';
import { RequestError } from '@/session/pendingRequests';
import type { SessionActions, SessionState, RangeTestState } from '@/session/sessionState';
import { startsFromWeights } from '@/session/startPlan';
import type { TrainerClient } from '@/session/trainerClient';

type RangeTestActions = Pick<SessionActions, 'runRangeTest' | 'stopRangeTest' | 'closeRangeTest'>;

export function createRangeTestActions(
  store: StoreApi<SessionState>,
  client: () => TrainerClient | null,
): RangeTestActions {
  let rangeTests = 0;
  const start = async (worker: TrainerClient): Promise<void> => {
    rangeTests += 1;
    const rangeTestId = rangeTests;
    /** Changes this range test, where it is still the one shown. */
    const change = (part: (rangeTest: RangeTestState) => Partial<RangeTestState>): void => {
      store.setState(({ rangeTest }) =>
        rangeTest?.rangeTestId === rangeTestId ? { rangeTest: { ...rangeTest, ...part(rangeTest) } } : {},
      );
    };
    const state = store.getState();
    const { draft: config } = state;
    const weights = startsFromWeights(state, config) ? 'current' : 'seed';
    const { steps } = defaultRangeTest;
    store.setState({ rangeTest: { rangeTestId, phase: 'running', steps, points: [], error: null } });
    try {
      await worker.request('runRangeTest', { config, weights, rangeTest: defaultRangeTest }, (point) => {
        change(({ points }) => ({ points: [...points, point] }));
      });
      change(() => ({ phase: 'done' }));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      change(() => ({ phase: 'failed', error: error.asData }));
    }
  };
  const stop = (): void => {
    if (store.getState().rangeTest?.phase === 'running') client()?.send({ type: 'stopRangeTest' });
  };
  return {
    runRangeTest: () => {
      const worker = client();
      if (worker !== null && store.getState().rangeTest?.phase !== 'running') void start(worker);
    },
    stopRangeTest: stop,
    closeRangeTest: () => {
      stop();
      store.setState({ rangeTest: null });
    },
  };
}
