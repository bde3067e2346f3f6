/** Asks the engine in use what the draft would need of its memory, a moment after either has changed, and puts it into the state. */
import type { StoreApi } from 'zustand/vanilla';
import { validateConfig } from '@/model/validate';
import { isUnderWay } from '@/store/selectors';
import type { SessionState } from '@/store/sessionState';
import type { TrainerClient } from '@/store/trainerClient';

/** Long enough that typing a number does not plan a network a digit. */
const pauseMilliseconds = 250;

export function watchMemory(store: StoreApi<SessionState>, client: () => TrainerClient | null): void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = async (): Promise<void> => {
    const { draft, backend } = store.getState();
    if (backend.kind !== 'ready' || isUnderWay(store.getState()) || validateConfig(draft).length > 0) return;
    try {
      const need = (await client()?.request('memoryNeed', { config: draft })) ?? null;
      const now = store.getState();
      if (now.draft === draft && now.backend === backend)
        store.setState({ memoryNeed: { config: draft, need } });
    } catch {
      // Without an answer there is no notice: the engine itself refuses what does not fit.
    }
  };

  store.subscribe((state, before) => {
    const isNew =
      state.draft !== before.draft ||
      state.backend !== before.backend ||
      (!isUnderWay(state) && isUnderWay(before));
    if (!isNew) return;
    if (state.memoryNeed !== null && state.backend !== before.backend) store.setState({ memoryNeed: null });
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), pauseMilliseconds);
  });
}
