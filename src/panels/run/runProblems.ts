/** What keeps the draft from being trained on this device: a network that does not fit, or a device that is too small. */
import { useMemo } from 'react';
import { noLimits, type BackendInfo } from '@/model/backend';
import { fitsLimits, type LimitProblem, type MemoryNeed, runCost, type RunCost } from '@/model/cost';
import type { RunConfig } from '@/model/runConfig';
import { ShapeError } from '@/model/shape';
import { useSession } from '@/session/session';
import { memoryProblem, startObstacle, type StartObstacle } from '@/session/startObstacle';

export type DraftCost =
  | { readonly kind: 'known'; readonly cost: RunCost; readonly problems: readonly LimitProblem[] }
  /** The network has a layer that does not fit, so nothing can be counted. */
  | { readonly kind: 'unknown'; readonly error: ShapeError };

/** A tensor over both limits is told once, by the tighter one. */
function tightest(problems: readonly LimitProblem[]): LimitProblem[] {
  return problems.filter(
    (problem) =>
      !problems.some(
        (other) =>
          other.tensor === problem.tensor &&
          (other.allowed < problem.allowed ||
            (other.allowed === problem.allowed && problems.indexOf(other) < problems.indexOf(problem))),
      ),
  );
}

/**
 * What a run costs, and where it passes a limit. Our WebGPU engine splits weights and places values as it plans them, so it says
 * itself what it needs (useMemoryProblem); only the training images are as counted here.
 */
export function costOf(config: RunConfig, backend: Pick<BackendInfo, 'engine' | 'limits'> | null): DraftCost {
  try {
    const cost = runCost(config);
    const problems = fitsLimits(cost, backend?.limits ?? noLimits).filter(
      ({ role }) => role === 'images' || backend?.engine !== 'webgpu',
    );
    return { kind: 'known', cost, problems: tightest(problems) };
  } catch (error) {
    if (error instanceof ShapeError) return { kind: 'unknown', error };
    throw error;
  }
}

/** What the draft needs of the engine's memory, where that is more than there is. */
export function useMemoryProblem(): MemoryNeed | null {
  return useSession((state) => memoryProblem(state, state.draft));
}

/** What stands in the way of training with the draft. */
export function useStartObstacle(): StartObstacle | null {
  return useSession((state) => startObstacle(state));
}

/** The draft's cost against the device in use. */
export function useDraftCost(): DraftCost {
  const draft = useSession((state) => state.draft);
  const backend = useSession(({ backend: state }) => (state.kind === 'ready' ? state.backend : null));
  return useMemo(() => costOf(draft, backend), [draft, backend]);
}
