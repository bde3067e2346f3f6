/** Keeps a run's parameters outside of the engine, so that it can go on elsewhere when the device or the worker is lost. */
import { within } from '@/data/within';
import type { Engine } from '@/engine/engine';
import { canBeKept } from '@/training/keepingSchedule';
import type { Run } from '@/training/run';

/** A person who chose another engine waits for no longer. */
const readMilliseconds = 5000;

/** Saves the state before the engine goes; what an earlier reading has stays where the engine cannot be read any more. */
export async function saveState(run: Run, engine: Engine): Promise<void> {
  try {
    run.savedState = await within(readMilliseconds, engine.readState(), 'The engine does not answer.');
  } catch {
    // The last reading, or the start of the run, is what is left.
  }
}

/** Takes over the weights that this run is to begin with, as they stand; `engine` may hold their network. */
export async function takeOverWeights(run: Run, engine: Engine): Promise<void> {
  const { successorOf: from } = run;
  if (from === null) return;
  await takeOverWeights(from, engine);
  if (from.isCompiled && from.step > 0) await saveState(from, engine);
  from.isCompiled = false;
  run.initial = from.savedWeights;
  run.successorOf = null;
}

/** Reads the state in the midst of training, where that is cheap enough; gives whether it did. */
export async function keepState(run: Run, engine: Engine): Promise<boolean> {
  if (!canBeKept(run.config) || run.savedState?.step === run.step) return false;
  const start = performance.now();
  run.savedState = await engine.readState();
  run.keeping.kept(performance.now() - start);
  return true;
}
