/** How much work to give the engine at once: enough to keep a GPU busy, too little to delay a command. */
import type { EngineName } from '@/model/backend';
import { nextChange } from '@/model/runEvents';
import type { Run } from '@/training/run';

/** Metrics are read ten times a second, and no more work than this is ever queued. */
const readingMilliseconds = 100;
/** What a compiled engine takes in one submit. */
const submitMilliseconds = 30;

/** Steps for the next call of the engine. `available`: training images that are there. */
export function stepsAtOnce(run: Run, engine: EngineName, available: number): number {
  const perStep = run.rate.millisecondsPerStep;
  // Other engines finish a step before they answer, and a command must not wait for more than one.
  if (engine !== 'webgpu' || perStep === null) return 1;
  const wanted = Math.max(1, Math.round(submitMilliseconds / perStep));
  const ahead = Math.min(run.goal ?? run.step, nextChange(run.events, run.step)) - run.step;
  const room = Math.min(run.stepsToEpochEnd, ahead);
  const count = Math.max(1, Math.min(wanted, room));
  return available >= run.imagesNeeded(count) ? count : 1;
}

/** Whether to read the metrics now, which also waits for a GPU. The first step, which compiles, is read alone. */
export function isReadingDue(run: Run, now: number): boolean {
  const perStep = run.rate.millisecondsPerStep;
  const queueable = perStep === null ? 1 : Math.max(1, readingMilliseconds / perStep);
  return run.unread.steps >= queueable || now - run.lastReading >= readingMilliseconds;
}
