/** What stands in the way of a start: the one check of everything that starts a run. */
import type { MemoryNeed } from '@/model/cost';
import { sameConfig, type RunConfig } from '@/model/runConfig';
import { validateConfig } from '@/model/validate';
import { hasWorker, isKept } from '@/session/selectors';
import type { SessionState } from '@/session/sessionState';

export type StartObstacle =
  | 'no_worker'
  /** The settings cannot be trained. */
  | 'invalid'
  /** What it is to be trained on is not kept here. */
  | 'data'
  /** The engine says that its memory does not hold such a run. */
  | 'memory'
  /** The engine has tried, and could not. */
  | 'not_built';

/** What a run needs where that is more than there is. */
export function excessOf(need: MemoryNeed | null): MemoryNeed | null {
  return need !== null && need.bytes > need.allowed ? need : null;
}

/** What this configuration needs of the engine's memory, where it is known and more than there is. */
export function memoryProblem({ memoryNeed }: SessionState, config: RunConfig): MemoryNeed | null {
  return memoryNeed?.config === config ? excessOf(memoryNeed.need) : null;
}

/** Every event of a run asks for it, and a configuration never changes. */
const known = new WeakMap<RunConfig, boolean>();

function isTrainable(config: RunConfig): boolean {
  const answer = known.get(config) ?? validateConfig(config).length === 0;
  known.set(config, answer);
  return answer;
}

function hasFailedToBuild({ run }: SessionState, config: RunConfig): boolean {
  const code = run?.error?.code;
  return (
    run?.phase === 'failed' &&
    run.step === 0 &&
    (code === 'limits' || code === 'config') &&
    sameConfig(run.config, config)
  );
}

/** Why no run with this configuration, by default the draft, can be started; null where one can. */
export function startObstacle(state: SessionState, config: RunConfig = state.draft): StartObstacle | null {
  if (!hasWorker(state)) return 'no_worker';
  if (!isTrainable(config)) return 'invalid';
  if (!isKept(state, config.data)) return 'data';
  if (memoryProblem(state, config) !== null) return 'memory';
  return hasFailedToBuild(state, config) ? 'not_built' : null;
}
