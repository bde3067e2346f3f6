/** Asks the engine in use what the draft would need of its memory, a moment after either has changed, and puts it into the state. */
import type { StoreApi } from 'zustand/vanilla';
import type { MemoryNeed } from '@/model/cost';
import type { RunConfig } from '@/model/runConfig';
import { validateConfig } from '@/model/validate';
import { draftDiffers, isUnderWay } from '@/session/selectors';
import type { SessionState } from '@/session/sessionState';
import type { TrainerClient } from '@/session/trainerClient';

/** Long enough that typing a number does not plan a network a digit. */
const pauseMilliseconds = 250;

/** What a run of this configuration would need; null where its memory has no known end, or nobody answers: the engine itself refuses what does not fit. */
export async function askMemory(client: TrainerClient | null, config: RunConfig): Promise<MemoryNeed | null> {
  try {
    return (await client?.request('memoryNeed', { config })) ?? null;
  } catch {
    return null;
  }
}

export function watchMemory(store: StoreApi<SessionState>, client: () => TrainerClient | null): void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = async (): Promise<void> => {
    const state = store.getState();
    const { draft, backend } = state;
    // What is under way has been built; only other settings would be started anew.
    if (backend.kind !== 'ready' || (isUnderWay(state) && !draftDiffers(state))) return;
    if (validateConfig(draft).length > 0) return;
    const need = await askMemory(client(), draft);
    const now = store.getState();
    if (now.draft === draft && now.backend === backend)
      store.setState({ memoryNeed: { config: draft, need } });
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
