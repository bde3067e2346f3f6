/** Occlusion (Zeiler and Fergus, 2014): how much a class loses where a square of the image is covered. */
import { imageBytes } from '@/data/manifest';
import type { Engine } from '@/engine/engine';
import { classCount } from '@/model/classCounts';
import { occlusionCount, type Occlusion, type OcclusionOptions } from '@/model/explanations';
import { inPieces, readLogits } from '@/training/testPredictions';

const side = 28;

/** `visit` gets each pixel of the square number `square`. */
function eachPixel(square: number, options: OcclusionOptions, visit: (pixel: number) => void): void {
  const { size, stride } = options;
  const count = occlusionCount(options);
  const [top, left] = [Math.floor(square / count) * stride, (square % count) * stride];
  for (let y = top; y < Math.min(side, top + size); y += 1) {
    for (let x = left; x < Math.min(side, left + size); x += 1) visit(y * side + x);
  }
}

/** The mean of the squares' values over each pixel; 0 where none lies. */
function overPixels(values: Float32Array, options: OcclusionOptions): Float32Array<ArrayBuffer> {
  const sums = new Float64Array(imageBytes);
  const covers = new Uint32Array(imageBytes);
  values.forEach((value, square) => {
    eachPixel(square, options, (pixel) => {
      sums[pixel] = (sums[pixel] ?? 0) + value;
      covers[pixel] = (covers[pixel] ?? 0) + 1;
    });
  });
  return Float32Array.from(sums, (sum, pixel) => sum / Math.max(1, covers[pixel] ?? 0));
}

/**
 * One image of 28 x 28 bytes. Lets in between what else waits for the thread.
 * @throws RangeError where a square has no pixel, or does not move on; what `signal` was aborted with
 */
export async function occlusion(
  engine: Engine,
  image: Uint8Array<ArrayBuffer>,
  options: OcclusionOptions,
  signal: AbortSignal,
): Promise<Occlusion> {
  const { target, size, stride, value } = options;
  if (!(size >= 1 && stride >= 1))
    throw new RangeError(`A square of ${size} pixels every ${stride} covers nothing.`);
  const count = occlusionCount(options);
  const squares = count ** 2;
  // The image itself comes last.
  const images = new Uint8Array((squares + 1) * imageBytes);
  for (let square = 0; square <= squares; square += 1) {
    images.set(image, square * imageBytes);
    if (square < squares)
      eachPixel(square, options, (pixel) => (images[square * imageBytes + pixel] = value));
  }
  const logits = new Float32Array((squares + 1) * classCount);
  await inPieces(
    { images },
    squares + 1,
    async (piece, first, length) => {
      logits.set(await engine.predict(piece, length), first * classCount);
    },
    signal,
  );
  const drops = (values: Float32Array): Float32Array<ArrayBuffer> => {
    const whole = values[squares * classCount + target] ?? NaN;
    return Float32Array.from(
      { length: squares },
      (_, square) => whole - (values[square * classCount + target] ?? NaN),
    );
  };
  const probabilityDrops = drops(readLogits(logits).probabilities);
  return {
    count,
    logitDrops: drops(logits),
    probabilityDrops,
    overImage: overPixels(probabilityDrops, options),
  };
}
