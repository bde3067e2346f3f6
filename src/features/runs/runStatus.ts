/** How a kept run stands now: what was written of it last, and whether a tab still trains it. */
import type { RecordedPhase, RecordedRun } from '@/storage/runs/runSchema';

/** `interrupted`: it was training, and no tab trains it any more. */
export type RunStatus = RecordedPhase | 'interrupted';

/** open: the runs that a tab has open */
export function runStatus({ id, phase }: RecordedRun, open: ReadonlySet<string>): RunStatus {
  return phase === 'training' && !open.has(id) ? 'interrupted' : phase;
}
