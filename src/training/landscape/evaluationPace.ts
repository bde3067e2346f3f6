/** How fast the engine reads images, so that a person hears beforehand how long much of that takes. */
import { imageBytes } from '@/data/manifest';
import type { ImageSet } from '@/data/imageSet';
import type { Engine } from '@/engine/engine';
import { NotReadyError } from '@/training/workerError';

/** Enough for a figure, and soon done on any engine. */
const images = 100;

/** @throws NotReadyError before there are images */
export async function evaluationPace(
  engine: Engine,
  test: ImageSet,
): Promise<{ readonly secondsPerImage: number }> {
  if (test.count < images) throw new NotReadyError('The test images are not there yet.');
  const piece = test.images.slice(0, images * imageBytes);
  // The first call may compile.
  await engine.predict(piece, images);
  const begun = performance.now();
  await engine.predict(piece, images);
  return { secondsPerImage: (performance.now() - begun) / 1000 / images };
}
