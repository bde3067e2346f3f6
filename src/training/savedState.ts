/** Keeps a run's parameters outside of the engine, so that it can go on elsewhere when the device is lost. */
import type { Engine } from '@/engine/engine';
import { stateEntries } from '@/model/stateDict';
import { sizeOf } from '@/model/tensor';
import type { Run } from '@/training/run';

/** A lost device may leave a read without any answer. */
const readTimeoutMilliseconds = 5000;
/** Reading more than this after every epoch would be felt. */
const largestSnapshotBytes = 64e6;

/** Saves the state before the engine goes; what an earlier snapshot has stays where the engine cannot be read any more. */
export async function saveState(run: Run, engine: Engine): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('The engine does not answer.'));
    }, readTimeoutMilliseconds);
  });
  try {
    run.savedState = await Promise.race([engine.readState(), timeout]);
  } catch {
    // The snapshot of the last epoch, or the start of the run, is what is left.
  } finally {
    clearTimeout(timer);
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

/** After an epoch: only a GPU can be lost, and only small networks are read in no time. */
export async function saveSnapshot(run: Run, engine: Engine): Promise<void> {
  const { backend } = engine.info;
  if (backend !== 'webgpu' && backend !== 'webgl') return;
  const values = stateEntries(run.config.network).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (4 * values <= largestSnapshotBytes) run.savedState = await engine.readState();
}
