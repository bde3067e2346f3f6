/** The survey of the loss landscape, and what is asked of it; both outlive a change of tab. */
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { defaultLandscape, type LandscapeSettings } from '@/model/lossLandscape';
import type { Ancestor } from '@/session/ancestors';
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

/** States before the step on show that are kept, of the run and of those that it branched from; null while that is not known. */
export function useKeptStates(): number | null {
  const runId = useSession(({ run }) => run?.runId ?? null);
  const keptStep = useSession(({ run }) => run?.keptStep ?? 0);
  const end = useSession(({ run, shown }) => shown?.at ?? run?.step ?? 0);
  const firstStep = useSession(({ run }) => run?.firstStep ?? 0);
  const ancestors = useSession((state) => state.ancestors);
  const [steps, setSteps] = useState<readonly number[] | null>(null);
  useEffect(() => {
    if (runId === null) return undefined;
    const controller = new AbortController();
    const stepsOf = async (run: Pick<Ancestor, 'runId' | 'firstStep' | 'end'>): Promise<number[]> => {
      const kept = await session.actions.ask(
        'keyframeSteps',
        { runId: run.runId },
        undefined,
        controller.signal,
      );
      return [run.firstStep, ...kept].filter((step) => step <= run.end);
    };
    Promise.all([{ runId, firstStep, end: Infinity }, ...ancestors].map(stepsOf))
      .then((all) => setSteps(all.flat()))
      // It is asked again with the next state that is kept.
      .catch(() => undefined);
    return () => controller.abort();
    // Another state is kept: there are more of them.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [runId, keptStep, firstStep, ancestors]);
  return steps === null ? null : new Set(steps.filter((step) => step < end)).size;
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
