/** Refuses what cannot be trained, alike on every engine. */
import { EngineError } from '@/engine/engine';
import { singleValueIn } from '@/model/batchNormCheck';
import { batchSizesOf, type RunConfig } from '@/model/runConfig';
import { ShapeError } from '@/model/shape';
import { inferShapes, inputShape } from '@/model/shapes';

/** @throws EngineError `config` where the layers do not fit together, or a batch of an epoch cannot be trained on. */
export function checkRun(config: RunConfig): void {
  try {
    inferShapes(config.network, inputShape(config.input));
  } catch (error) {
    if (error instanceof ShapeError) throw new EngineError('config', error.message, { cause: error });
    throw error;
  }
  const batches = batchSizesOf(config);
  if (batches.length === 0) {
    const { trainingImages, batchSize } = config;
    throw new EngineError(
      'config',
      `${trainingImages} images make no batch of ${batchSize}, and smaller ones are dropped.`,
    );
  }
  for (const images of batches) checkBatch(config, images);
}

/** @throws EngineError `config` where a batch of so many images cannot be trained on. */
export function checkBatch(config: RunConfig, images: number): void {
  const single = singleValueIn(config, images);
  if (single !== null) throw new EngineError('config', single.message);
}
