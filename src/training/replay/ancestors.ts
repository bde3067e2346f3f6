/** The run that an early step of a branch belongs to: its parent, as far back as it takes. */
import { stepsPerEpoch } from '@/model/runConfig';
import { epochLosses } from '@/model/testFigures';
import { ancestorsIn } from '@/storage/runs/ancestors';
import type { RunStore } from '@/storage/runs/runStore';
import type { ReplayedRun } from '@/training/replay/timeTravel';
import { NotReadyError } from '@/training/workerError';

export interface StepOwner {
  readonly run: ReplayedRun;
  /** The last of its steps that are the branch's, too; Infinity for the branch itself. */
  readonly end: number;
}

/** @throws NotReadyError where no record of that run is kept */
export async function ownerOfStep(branch: ReplayedRun, step: number, store: RunStore): Promise<StepOwner> {
  let owner: StepOwner = { run: branch, end: Infinity };
  if (step >= branch.firstStep) return owner;
  for await (const { id, config, events, environment, parent } of ancestorsIn(store, branch.parentId)) {
    const testLosses = epochLosses(await store.tests(id), stepsPerEpoch(config));
    owner = {
      run: {
        id,
        config,
        events,
        testLosses,
        environment,
        firstStep: parent?.step ?? 0,
        parentId: parent?.runId ?? null,
      },
      end: Math.min(owner.end, owner.run.firstStep),
    };
    if (step >= owner.run.firstStep) return owner;
  }
  throw new NotReadyError(`The run that had the steps before ${owner.run.firstStep} is not kept any more.`);
}
