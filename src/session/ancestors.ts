/** The runs that the first steps of a branch were taken by: as far as their records go. */
import { dataOf } from '@/model/dataSet';
import { configAt } from '@/model/runEvents';
import type { RunConfig } from '@/model/runConfig';
import { ancestorsIn } from '@/storage/runs/ancestors';
import { nameOfRun } from '@/storage/runs/runName';
import type { RecordedRun } from '@/storage/runs/runSchema';
import type { RunStore } from '@/storage/runs/runStore';

/** A run whose first steps are those of the run at hand. */
export interface Ancestor {
  readonly runId: string;
  /** What a person called it, else its network. */
  readonly name: string;
  readonly config: RunConfig;
  /** Where it left its own parent; 0: it has none. */
  readonly firstStep: number;
  /** The last step that both have. */
  readonly end: number;
}

/** What views show of a run at an earlier step is this network and this data. */
const shownParts = ({ network, data }: RunConfig): string =>
  JSON.stringify([network, dataOf({ data }).sha256]);

/**
 * The ancestors of a run, its parent first. One that is not kept, or has other layers or data than the run, ends the list: what came
 * before cannot be shown.
 */
export async function ancestorsOf(
  { config, parent }: Pick<RecordedRun, 'config' | 'parent'>,
  store: Pick<RunStore, 'get'>,
): Promise<readonly Ancestor[]> {
  const found: Ancestor[] = [];
  let branched = parent;
  for await (const run of ancestorsIn(store, parent?.runId ?? null)) {
    if (branched === null || shownParts(run.config) !== shownParts(config)) break;
    found.push({
      runId: run.id,
      name: nameOfRun(run),
      config: configAt(run.config, run.events, branched.step),
      firstStep: run.parent?.step ?? 0,
      end: Math.min(branched.step, found.at(-1)?.end ?? Infinity),
    });
    branched = run.parent;
  }
  return found;
}
