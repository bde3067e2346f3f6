import { imageBytes } from '@/data/manifest';
import type { ImageSet } from '@/data/imageSet';
import type { LabelledImages } from '@/model/dataImport';

/**
 * Training images with drawings among them, each so many times and all evenly spread: so that every stretch, and every batch of a run
 * that does not shuffle, has its share of them.
 */
export function mixDrawings(training: ImageSet, drawings: LabelledImages, copies: number): ImageSet {
  const kinds = drawings.labels.length;
  const added = kinds * copies;
  const count = training.count + added;
  const images = new Uint8Array(count * imageBytes);
  const labels = new Uint8Array(count);
  let taken = 0;
  for (let position = 0; position < count; position += 1) {
    // The j-th of `added` stands where j + 1/2 of that many parts of the whole end.
    const isDrawing = taken < added && position === Math.floor(((taken + 0.5) * count) / added);
    const from = isDrawing ? drawings : training;
    const index = isDrawing ? taken % kinds : position - taken;
    if (isDrawing) taken += 1;
    images.set(from.images.subarray(index * imageBytes, (index + 1) * imageBytes), position * imageBytes);
    labels[position] = from.labels[index] ?? 0;
  }
  return { images, labels, count };
}
