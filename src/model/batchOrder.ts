/** Which images a training step takes. Engines on the GPU compute the same from the same formula. */
import { shuffledIndex } from '@/model/random';
import { stepsPerEpoch, type BatchConfig, type RunConfig } from '@/model/runConfig';

/**
 * Image indices of training step `step` (0 is the first of the run), in order: the files' order, or a new seeded
 * permutation each epoch. The last batch of an epoch holds the remainder, unless that is dropped.
 */
export function batchIndices(
  config: BatchConfig & Pick<RunConfig, 'shuffle' | 'seed'>,
  step: number,
): Int32Array<ArrayBuffer> {
  const { batchSize, trainingImages, shuffle, seed } = config;
  const steps = stepsPerEpoch(config);
  const epoch = Math.floor(step / steps);
  const first = (step % steps) * batchSize;
  const size = Math.min(batchSize, trainingImages - first);
  return Int32Array.from({ length: size }, (_, i) =>
    shuffle ? shuffledIndex(first + i, trainingImages, seed, epoch) : first + i,
  );
}
