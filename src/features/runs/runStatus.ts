/** How a kept run stands now: what was written of it last, and whether a tab still trains it. */
import type { RecordedPhase, RecordedRun } from '@/storage/runs/runSchema';

/** `interrupted`: it was training, and no tab trains it any more. */
export type RunStatus = RecordedPhase | 'interrupted';

/** training: the runs that a tab trains now */
export function runStatus({ id, phase }: RecordedRun, training: ReadonlySet<string>): RunStatus {
  return phase === 'training' && !training.has(id) ? 'interrupted' : phase;
}
