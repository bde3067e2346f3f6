/** The survey of the loss landscape, and what is asked of it; both outlive a change of tab. */
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { defaultLandscape, type LandscapeSettings } from '@/model/lossLandscape';
import { NetworkPass } from '@/session/networkPass';
import { canPredict } from '@/session/selectors';
import { session, useSession } from '@/session/session';

export const landscapePass = new NetworkPass({
  store: session.store,
  ask: session.actions.ask,
  request: 'lossLandscape',
  isAutomatic: false,
  doneOf: ({ done }) => done,
});

const settings = createStore<LandscapeSettings>(() => defaultLandscape);

export const useLandscapeSettings = (): LandscapeSettings => useStore(settings);

export function changeLandscape(change: Partial<LandscapeSettings>): void {
  settings.setState(change);
}

/** States of the run before the step on show that are kept; null while that is not known. */
export function useKeptStates(): number | null {
  const runId = useSession(({ run }) => run?.runId ?? null);
  const keptStep = useSession(({ run }) => run?.keptStep ?? 0);
  const end = useSession(({ run, shown }) => shown?.at ?? run?.step ?? 0);
  const firstStep = useSession(({ run }) => run?.firstStep ?? 0);
  const [steps, setSteps] = useState<readonly number[] | null>(null);
  useEffect(() => {
    if (runId === null) return undefined;
    const controller = new AbortController();
    session.actions
      .ask('keyframeSteps', { runId }, undefined, controller.signal)
      .then(setSteps)
      // It is asked again with the next state that is kept.
      .catch(() => undefined);
    return () => controller.abort();
    // Another state is kept: there are more of them.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [runId, keptStep]);
  return steps === null ? null : new Set([firstStep, ...steps].filter((step) => step < end)).size;
}

/** Seconds that the network takes to read an image; null while that is not known. */
export function useSecondsPerImage(): number | null {
  const isReady = useSession((state) => canPredict(state) && state.data.testImages > 0);
  const runId = useSession(({ run }) => run?.runId ?? null);
  const backend = useSession((state) =>
    state.backend.kind === 'ready' ? state.backend.backend.backend : null,
  );
  const [pace, setPace] = useState<number | null>(null);
  useEffect(() => {
    if (!isReady || runId === null || backend === null) return undefined;
    const controller = new AbortController();
    session.actions
      .ask('evaluationPace', null, undefined, controller.signal)
      .then(({ secondsPerImage }) => setPace(secondsPerImage))
      // Then the time is not said.
      .catch(() => undefined);
    return () => controller.abort();
  }, [isReady, runId, backend]);
  return pace;
}
