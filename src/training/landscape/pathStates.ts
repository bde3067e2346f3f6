/** The states that a run's path goes through: its own and, before it branched, those of the runs that it came from. */
import { initialState } from '@/model/initialise';
import type { RunConfig } from '@/model/runConfig';
import type { StateDict } from '@/model/tensor';
import { sharesWeights } from '@/model/weightsOrigin';
import { ancestorsIn } from '@/storage/runs/ancestors';
import type { RunStore } from '@/storage/runs/runStore';
import type { ReplayedRun } from '@/training/replay/replayedRun';
import { NotReadyError } from '@/training/workerError';

export interface PathState {
  readonly step: number;
  readonly runId: string;
  readonly config: RunConfig;
}

/** Before step `end`, ascending; as far back as the runs are kept and have the same parameters. */
export async function pathStates(run: ReplayedRun, end: number, store: RunStore): Promise<PathState[]> {
  const ofRun = async (
    { id: runId, config, firstStep }: Pick<ReplayedRun, 'id' | 'config' | 'firstStep'>,
    before: number,
  ): Promise<PathState[]> => {
    const steps = new Set([firstStep, ...(await store.keyframeSteps(runId))]);
    return [...steps]
      .filter((step) => step < before)
      .toSorted((a, b) => a - b)
      .map((step) => ({ step, runId, config }));
  };
  const states = await ofRun(run, end);
  let before = Math.min(end, run.firstStep);
  for await (const { id, config, parent } of ancestorsIn(store, run.parentId)) {
    if (before === 0 || !sharesWeights(config.network, run.config.network)) break;
    const firstStep = parent?.step ?? 0;
    states.unshift(...(await ofRun({ id, config, firstStep }, before)));
    before = Math.min(before, firstStep);
  }
  return states;
}

/** @throws NotReadyError where it is not kept any more */
export async function parametersOf(
  { step, runId, config }: PathState,
  store: Pick<RunStore, 'keyframe'>,
): Promise<StateDict> {
  const state = await store.keyframe(runId, step);
  if (state !== null) return state.parameters;
  if (step > 0) throw new NotReadyError(`Step ${step} is not kept any more.`);
  return initialState(config.network, config.seed);
}
