/** How accurate a network stays on test images that are spoiled more and more. */
import type { Engine } from '@/engine/engine';
import { imageBytes } from '@/data/manifest';
import type { ImageSet } from '@/data/imageSet';
import { corrupt, corruptionStrengths, neutralStrength, type Corruption } from '@/model/corruptions';
import type { RequestParams, RequestProgress, RequestValue } from '@/protocol/requests';
import { inPieces, readLogits } from '@/training/testPredictions';
import { NotReadyError } from '@/training/workerError';

const isNeutral = ({ kind, strength }: Corruption): boolean => strength === neutralStrength[kind];

/**
 * `tell` hears of every accuracy as it is there, and of the share of all that is done.
 * @throws NotReadyError before the images are there; what `signal` was aborted with
 */
export async function corruptionAccuracies(
  engine: Pick<Engine, 'predict'>,
  test: ImageSet,
  { kinds, count, seed }: RequestParams<'corruptionAccuracies'>,
  tell: (progress: RequestProgress<'corruptionAccuracies'>) => void,
  signal: AbortSignal,
): Promise<Pick<RequestValue<'corruptionAccuracies'>, 'points' | 'images'>> {
  if (test.count < count) throw new NotReadyError('The test images are not there yet.');
  const corruptions = kinds.flatMap((kind) =>
    corruptionStrengths[kind].map((strength): Corruption => ({ kind, strength })),
  );
  // Images that are left as they are need not be read for every kind again.
  const passes = corruptions.filter((one) => !isNeutral(one)).length + 1;
  let done = 0;
  let plain: number | null = null;

  const accuracyUnder = async (corruption: Corruption): Promise<number> => {
    if (isNeutral(corruption) && plain !== null) return plain;
    let right = 0;
    await inPieces(
      test,
      count,
      async (piece, first, size) => {
        for (let i = 0; i < size; i += 1) {
          const image = piece.subarray(i * imageBytes, (i + 1) * imageBytes);
          piece.set(corrupt(image, corruption, seed, first + i), i * imageBytes);
        }
        const { predictions } = readLogits(await engine.predict(piece, size));
        right += predictions.filter((prediction, i) => prediction === test.labels[first + i]).length;
        done += size;
        tell({ done: done / (passes * count), point: null });
      },
      signal,
    );
    const accuracy = right / count;
    if (isNeutral(corruption)) plain = accuracy;
    return accuracy;
  };

  const points: RequestValue<'corruptionAccuracies'>['points'][number][] = [];
  for (const corruption of corruptions) {
    // oxlint-disable-next-line no-await-in-loop -- the engine does one thing after the other
    const point = { ...corruption, accuracy: await accuracyUnder(corruption) };
    points.push(point);
    tell({ done: done / (passes * count), point });
  }
  return { points, images: count };
}
