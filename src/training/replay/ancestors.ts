/** The run that an early step of a branch belongs to: its parent, as far back as it takes. */
import { stepsPerEpoch } from '@/model/runConfig';
import { epochLosses } from '@/model/testFigures';
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
  while (step < owner.run.firstStep) {
    const { parentId, firstStep } = owner.run;
    // One after the other: each names the next.
    // oxlint-disable-next-line no-await-in-loop
    const parent = parentId === null ? null : await store.get(parentId);
    if (parent === null)
      throw new NotReadyError(`The run that had the steps before ${firstStep} is not kept any more.`);
    const { id, config, events, environment } = parent;
    // oxlint-disable-next-line no-await-in-loop
    const testLosses = epochLosses(await store.tests(id), stepsPerEpoch(config));
    owner = {
      run: {
        id,
        config,
        events,
        testLosses,
        environment,
        firstStep: parent.parent?.step ?? 0,
        parentId: parent.parent?.runId ?? null,
      },
      end: Math.min(owner.end, firstStep),
    };
  }
  return owner;
}
