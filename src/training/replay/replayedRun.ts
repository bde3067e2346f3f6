/** A run that can be gone back in: the one that is recorded, or a record of the store. */
import { stepsPerEpoch, type RunConfig } from '@/model/runConfig';
import type { RunEvent } from '@/model/runEvents';
import { epochLosses, type EvaluationPoint } from '@/model/testFigures';
import type { RecordedRun, RunEnvironment } from '@/storage/runs/runSchema';

export interface ReplayedRun {
  readonly id: string;
  /** As it began. */
  readonly config: RunConfig;
  readonly events: readonly RunEvent[];
  /** Of the full test after each epoch. */
  readonly testLosses: readonly number[];
  readonly environment: RunEnvironment | null;
  /** The first step that it has a state of, where no seed draws it; 0: drawn from the seed. */
  readonly firstStep: number;
  /** Of which it is a branch, from that step; null: of none. */
  readonly parentId: string | null;
}

/** How it began, with what has happened in it since. */
export function replayedRun(
  { id, config, parent }: Pick<RecordedRun, 'id' | 'config' | 'parent'>,
  since: Pick<ReplayedRun, 'events' | 'environment'> & { readonly tests: readonly EvaluationPoint[] },
): ReplayedRun {
  const { events, environment, tests } = since;
  return {
    id,
    config,
    events,
    testLosses: epochLosses(tests, stepsPerEpoch(config)),
    environment,
    firstStep: parent?.step ?? 0,
    parentId: parent?.runId ?? null,
  };
}
