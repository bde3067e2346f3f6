/** Runs of the report that a person chose, at one of their lengths. */
import type { ReportRun, RunLength } from '@/report/reportRuns';
import type { QueuedRun } from '@/session/queue/runQueue';

/** `run/length`, as the selection holds them. */
export type ChosenKey = `${string}/${RunLength}`;
export const chosenKey = (run: ReportRun, length: RunLength): ChosenKey => `${run.id}/${length}`;

export interface ChosenRun {
  readonly run: ReportRun;
  readonly length: RunLength;
}

export const queuedRun = ({ run, length }: ChosenRun): QueuedRun => ({
  config: run.configs[length],
  sweep: null,
});
