/** The learning-rate finder's part of what a person can do in a session. */
import type { StoreApi } from 'zustand/vanilla';
import { defaultSweep } from '@/model/learningRateSweep';
import type { SessionActions, SessionState, SweepState } from '@/store/sessionState';
import { RequestError, type TrainerClient } from '@/store/trainerClient';

type SweepActions = Pick<SessionActions, 'sweepLearningRate' | 'stopSweep' | 'closeSweep'>;

export function createSweepActions(
  store: StoreApi<SessionState>,
  client: () => TrainerClient | null,
): SweepActions {
  /** Changes the sweep of this request, where it is still the one shown. */
  const change = (requestId: number, part: Partial<SweepState>): void => {
    store.setState(({ sweep }) => (sweep?.requestId === requestId ? { sweep: { ...sweep, ...part } } : {}));
  };
  const start = async (worker: TrainerClient): Promise<void> => {
    const { draft: config } = store.getState();
    let id = 0;
    try {
      await worker.request('sweepLearningRate', (requestId) => {
        id = requestId;
        const sweep = {
          requestId,
          phase: 'running',
          steps: defaultSweep.steps,
          points: [],
          error: null,
        } as const;
        store.setState({ sweep });
        return { type: 'sweepLearningRate', requestId, config, sweep: defaultSweep };
      });
      change(id, { phase: 'done' });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      const { code, message, subject } = error;
      change(id, { phase: 'failed', error: { code, message, subject } });
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
