/** Whether a run's figures are those of its settings. */
import { totalSteps } from '@/model/learningRate';
import type { RunConfig } from '@/model/runConfig';
import { configAt } from '@/model/runEvents';
import { dependsOnLength } from '@/model/schedules';
import { isUntrained } from '@/model/weightsOrigin';
import type { RecordedRun } from '@/storage/runs/runSchema';

/** The settings of a run as it is now. */
export const settingsNow = ({ config, events }: Pick<RecordedRun, 'config' | 'events'>): RunConfig =>
  configAt(config, events, Infinity);

/**
 * Whether the run was trained from its seed to its end as `settingsNow` says, by one engine. More epochs later change no step before,
 * where the learning rate does not follow the run's length.
 */
export function isWholeRun(run: RecordedRun): boolean {
  const { phase, origin, parent, switchedEngine, events, summary } = run;
  const config = settingsNow(run);
  return (
    phase === 'finished' &&
    isUntrained(origin) &&
    parent === null &&
    !switchedEngine &&
    events.every(({ kind }) => kind === 'epochs' && !dependsOnLength(config.schedule)) &&
    summary.steps === totalSteps(config) &&
    summary.lastAccuracy !== null
  );
}
