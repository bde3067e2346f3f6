/**
 * A run's weights into the engine and out of it: where it begins, where another one begins with them, and where it can go on when
 * the device or the worker is lost.
 */
import { within } from '@/data/within';
import type { Engine } from '@/engine/engine';
import type { Weights } from '@/model/engineState';
import { sameConfig } from '@/model/runConfig';
import { trainedFor } from '@/model/weightsOrigin';
import { canBeKept } from '@/training/keepingSchedule';
import type { Run } from '@/training/run';

/** A person who chose another engine waits for no longer. */
const readMilliseconds = 5000;

/**
 * Puts a run's first weights into the engine. Where that holds a network of the same configuration, the weights alone are
 * written; the run before may be trained, its optimizer's state is not read and not kept.
 */
export async function enterNetwork(run: Run, engine: Engine): Promise<void> {
  const { startingState: state } = run;
  const config = run.engineConfigAt(run.startStep);
  const isFresh = state !== undefined && state.step === 0 && Object.keys(state.optimizer).length === 0;
  if (isFresh && engine.config !== null && sameConfig(engine.config, config)) {
    await engine.writeParameters(state.parameters);
  } else {
    await engine.compile(config, state);
  }
}

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
  run.initial =
    (from.isCompiled && from.step > 0 ? await readWeights(from, engine) : null) ?? from.savedWeights;
  from.isCompiled = false;
  run.successorOf = null;
}

/** A run's weights as they stand in the engine; null where that cannot be read any more. */
async function readWeights({ initial, step }: Run, engine: Engine): Promise<Weights | null> {
  try {
    const parameters = await within(readMilliseconds, engine.readParameters(), 'The engine does not answer.');
    return { parameters, origin: trainedFor(initial.origin, step) };
  } catch {
    return null;
  }
}

/** Reads the state in the midst of training, where that is cheap enough; gives whether it did. */
export async function keepState(run: Run, engine: Engine): Promise<boolean> {
  if (!canBeKept(run.config) || run.savedState?.step === run.step) return false;
  const start = performance.now();
  run.savedState = await engine.readState();
  run.keeping.kept(run.step, performance.now() - start);
  return true;
}
