/** What the network reads in images: their classes and probabilities, of a few and of all test images. */
import type { ImageSet } from '@/data/imageSet';
import { imageBytes } from '@/data/manifest';
import type { Engine } from '@/engine/engine';
import { argmax } from '@/model/argmax';
import { classCount } from '@/model/classCounts';
import { softmax } from '@/model/losses/definition';
import type { TestPredictions } from '@/model/testFigures';
import { EventLoopYielder } from '@/training/eventLoop';
import { NotReadyError } from '@/training/workerError';

/** Images that the engine reads at once: enough to keep it busy, and little for its memory. */
const imagesAtOnce = 250;

/** The classes by torch.argmax of [n, 10] logits, and their softmax, each row's maximum taken off first so that nothing overflows. */
export function readLogits(
  logits: Float32Array<ArrayBuffer>,
): Pick<TestPredictions, 'predictions' | 'probabilities'> {
  const probabilities = new Float32Array(logits.length);
  const predictions = new Uint8Array(logits.length / classCount);
  for (let image = 0; image < predictions.length; image += 1) {
    const row = logits.subarray(image * classCount, (image + 1) * classCount);
    predictions[image] = argmax(row);
    probabilities.set(softmax([...row]), image * classCount);
  }
  return { predictions, probabilities };
}

/**
 * Calls `read` with the first `count` images, some at once, and lets in between what else waits for the thread.
 * @throws what `signal` was aborted with
 */
export async function inPieces(
  { images }: Pick<ImageSet, 'images'>,
  count: number,
  read: (piece: Uint8Array<ArrayBuffer>, first: number, size: number) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const yielder = new EventLoopYielder();
  try {
    for (let first = 0; first < count; first += imagesAtOnce) {
      const size = Math.min(imagesAtOnce, count - first);
      // oxlint-disable-next-line no-await-in-loop -- the engine does one thing after the other
      await read(images.slice(first * imageBytes, (first + size) * imageBytes), first, size);
      // oxlint-disable-next-line no-await-in-loop -- so that a cancelling is heard
      await yielder.turn();
      signal.throwIfAborted();
    }
  } finally {
    yielder.close();
  }
}

/**
 * What the network reads in each test image; `images` are the worker's own. `tell` hears of the share that is done.
 * @throws NotReadyError before they are there; what `signal` was aborted with
 */
export async function testPredictions(
  engine: Engine,
  test: ImageSet,
  tell: (progress: { readonly done: number }) => void,
  signal: AbortSignal,
): Promise<TestPredictions> {
  const { images, labels, count } = test;
  if (count === 0) throw new NotReadyError('The test images are not there yet.');
  const predictions = new Uint8Array(count);
  const probabilities = new Float32Array(count * classCount);
  await inPieces(
    test,
    count,
    async (piece, first, size) => {
      const read = readLogits(await engine.predict(piece, size));
      predictions.set(read.predictions, first);
      probabilities.set(read.probabilities, first * classCount);
      tell({ done: (first + size) / count });
    },
    signal,
  );
  return { predictions, probabilities, labels: labels.slice(0, count), images };
}
