/** How many images a pass in eval mode takes at once. */
import type { RunConfig } from '@/model/runConfig';
import { inferShapes, inputShape } from '@/model/shapes';
import { sizeOf } from '@/model/tensor';

/** The largest activation of a pass stays under this, if one image's does. */
const activationBytes = 32 * 2 ** 20;

/** At least one; `largestBuffer`: bytes that no activation may exceed. */
export function imagesAtOnce(
  { network, input }: RunConfig,
  largestBuffer = Number.POSITIVE_INFINITY,
): number {
  const shape = inputShape(input);
  const outputs = inferShapes(network, shape).map(({ output }) => sizeOf(output));
  const perImage = Float32Array.BYTES_PER_ELEMENT * Math.max(sizeOf(shape), ...outputs);
  return Math.max(1, Math.floor(Math.min(activationBytes, largestBuffer) / perImage));
}
