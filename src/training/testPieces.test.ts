import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLoss } from '@/model/losses';
import { TestPieces } from './testPieces';

const crossEntropy = defaultLoss('cross_entropy');

/** What an engine gives for these images, in batches. */
function evaluate(
  losses: readonly number[],
  right: readonly boolean[],
  start: number,
  count: number,
  batch: number,
) {
  let sumOfBatchMeans = 0;
  for (let first = start; first < start + count; first += batch) {
    const part = losses.slice(first, Math.min(first + batch, start + count));
    sumOfBatchMeans += part.reduce((a, b) => a + b, 0) / part.length;
  }
  const part = losses.slice(start, start + count);
  const rights = right.slice(start, start + count);
  const hits = rights.filter(Boolean).length;
  return {
    loss: part.reduce((a, b) => a + b, 0) / count,
    sumOfBatchMeans,
    accuracy: hits / count,
    count,
    // Class 3 is right everywhere.
    predictions: Uint8Array.from(rights, (isRight) => (isRight ? 3 : 5)),
  };
}

describe('TestPieces', () => {
  it('adds up to the whole test, whatever the speed and the batch size', () => {
    const arbitraryImages = fc.array(fc.tuple(fc.double({ min: 0, max: 20, noNaN: true }), fc.boolean()), {
      minLength: 1,
      maxLength: 1500,
    });
    const speeds = fc.infiniteStream(fc.double({ min: 0.01, max: 500, noNaN: true }));
    fc.assert(
      fc.property(arbitraryImages, fc.integer({ min: 1, max: 600 }), speeds, (images, batch, speed) => {
        const losses = images.map(([loss]) => loss);
        const right = images.map(([, isRight]) => isRight);
        const pieces = new TestPieces(images.length, batch, new Uint8Array(2000).fill(3), crossEntropy);
        while (!pieces.isDone) {
          const { start, count } = pieces.next();
          pieces.add(evaluate(losses, right, start, count, batch), speed.next().value);
        }
        const whole = evaluate(losses, right, 0, images.length, batch);
        const total = pieces.total();
        expect(total.count).toBe(images.length);
        expect(total.accuracy).toBe(whole.accuracy);
        const hits = right.filter(Boolean).length;
        expect(total.classes.right[3]).toBe(hits);
        expect(total.classes.predicted[5]).toBe(images.length - hits);
        expect(total.loss).toBeCloseTo(whole.loss, 9);
        expect(total.sumOfBatchMeans).toBeCloseTo(whole.sumOfBatchMeans, 6);
      }),
      { numRuns: 50 },
    );
  });

  it('weighs the pieces by the classes in them', () => {
    const loss = { ...defaultLoss('cross_entropy_weighted'), weight1: 3, weight2: 0 };
    const labels = Uint8Array.from([1, 2, 0, 0, 2, 2, 1, 0]);
    const each = [2, 5, 1, 4, 7, 7, 3, 6];
    const weights = Array.from(labels, (label) => [1, 3, 0][label] ?? NaN);
    const mean = (start: number, count: number): number => {
      const sum = (values: readonly number[]): number =>
        values.slice(start, start + count).reduce((a, b) => a + b, 0);
      return sum(each.map((value, n) => value * (weights[n] ?? NaN))) / sum(weights);
    };
    const pieces = new TestPieces(8, 2, labels, loss);
    for (let start = 0; start < 8; start += 2)
      pieces.add(
        {
          loss: mean(start, 2),
          sumOfBatchMeans: 0,
          accuracy: 0,
          count: 2,
          predictions: new Uint8Array(2),
        },
        1,
      );
    expect(pieces.total().loss).toBeCloseTo(mean(0, 8), 12);
  });

  it('lets losses that are not finite through', () => {
    const pieces = new TestPieces(1, 64, new Uint8Array(1), crossEntropy);
    pieces.add({ loss: NaN, sumOfBatchMeans: NaN, accuracy: 0, count: 1, predictions: new Uint8Array(1) }, 1);
    expect(pieces.total()).toMatchObject({ loss: NaN, sumOfBatchMeans: NaN, accuracy: 0, count: 1 });
  });
});
