/** A BatchNorm over a single value per channel, which has no variance: PyTorch refuses it in training, and so do we. */
import { definitionOf } from '@/model/layers';
import { batchSizesOf, type RunConfig } from '@/model/runConfig';
import { inferShapes, inputShape } from '@/model/shapes';

export interface SingleValue {
  /** Name of the BatchNorm. */
  readonly layer: string;
  /** What it would be given: [images, channels, height, width] or [images, features]. */
  readonly size: readonly number[];
  /** English, with PyTorch's words. */
  readonly message: string;
}

type Network = Pick<RunConfig, 'network' | 'input'>;

/**
 * The first BatchNorm that a batch of `images` leaves with one value per channel, or null.
 * @throws ShapeError when the layers do not fit together.
 */
export function singleValueIn({ network, input }: Network, images: number): SingleValue | null {
  for (const { layer, input: shape } of inferShapes(network, inputShape(input))) {
    const [, height = 1, width = 1] = shape;
    if (!definitionOf(layer).seesBatch || images * height * width > 1) continue;
    const size = [images, ...shape];
    const message = `${layer.kind} ${layer.name}: Expected more than 1 value per channel when training, got input size [${size.join(', ')}].`;
    return { layer: layer.name, size, message };
  }
  return null;
}

/**
 * The same over all batches of a run: the last one of an epoch may be of one image.
 * @throws ShapeError when the layers do not fit together.
 */
export function singleValueOf(config: RunConfig): SingleValue | null {
  const smallest = Math.min(...batchSizesOf(config));
  return singleValueIn(config, smallest);
}
