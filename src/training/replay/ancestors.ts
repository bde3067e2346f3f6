/** The run that an early step of a branch belongs to: its parent, as far back as it takes. */
import { ancestorsIn } from '@/storage/runs/ancestors';
import type { RunStore } from '@/storage/runs/runStore';
import { replayedRun, type ReplayedRun } from '@/training/replay/replayedRun';
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
  for await (const record of ancestorsIn(store, branch.parentId)) {
    const run = replayedRun(record, { ...record, tests: await store.tests(record.id) });
    owner = { run, end: Math.min(owner.end, owner.run.firstStep) };
    if (step >= owner.run.firstStep) return owner;
  }
  throw new NotReadyError(`The run that had the steps before ${owner.run.firstStep} is not kept any more.`);
}
