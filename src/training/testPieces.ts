/** A test in pieces short enough that a pause acts at once; together they are the whole test. */
import type { Evaluation } from '@/engine/engine';
import { countClasses } from '@/model/classCounts';
import { weightOf, type LossSpec } from '@/model/losses';
import type { ClassifiedFigures } from '@/model/testFigures';

const pieceMilliseconds = 40;
const firstPieceImages = 256;

export class TestPieces {
  readonly #count: number;
  readonly #batchSize: number;
  readonly #labels: Uint8Array;
  readonly #loss: LossSpec;
  readonly #predictions: Uint8Array;
  #done = 0;
  #pieceImages: number;
  #sums = { loss: 0, weight: 0, batchMeans: 0, right: 0 };

  /**
   * Pieces end where batches end, so that the sum of batch means is that of one go.
   * labels: of the images from the first, `count` or more
   */
  constructor(count: number, batchSize: number, labels: Uint8Array, loss: LossSpec) {
    this.#count = count;
    this.#batchSize = batchSize;
    this.#labels = labels;
    this.#loss = loss;
    this.#predictions = new Uint8Array(count);
    this.#pieceImages = this.#wholeBatches(firstPieceImages);
  }

  get isDone(): boolean {
    return this.#done >= this.#count;
  }

  next(): { readonly start: number; readonly count: number } {
    return { start: this.#done, count: Math.min(this.#pieceImages, this.#count - this.#done) };
  }

  add(piece: Evaluation, milliseconds: number): void {
    this.#predictions.set(piece.predictions, this.#done);
    const weight = weightOf(this.#loss, this.#labels.subarray(this.#done, this.#done + piece.count));
    this.#done += piece.count;
    // A piece whose digits all have a weight of 0 has no mean.
    if (weight !== 0) this.#sums.loss += piece.loss * weight;
    this.#sums.weight += weight;
    this.#sums.batchMeans += piece.sumOfBatchMeans;
    this.#sums.right += piece.accuracy * piece.count;
    this.#pieceImages = this.#wholeBatches((pieceMilliseconds / Math.max(milliseconds, 1)) * piece.count);
  }

  total(): ClassifiedFigures {
    return {
      loss: this.#sums.loss / this.#sums.weight,
      sumOfBatchMeans: this.#sums.batchMeans,
      // Counts of images, which rounding of the pieces' shares must not blur.
      accuracy: Math.round(this.#sums.right) / this.#done,
      count: this.#done,
      classes: countClasses(this.#predictions.subarray(0, this.#done), this.#labels),
    };
  }

  #wholeBatches(images: number): number {
    return Math.max(1, Math.floor(images / this.#batchSize)) * this.#batchSize;
  }
}
