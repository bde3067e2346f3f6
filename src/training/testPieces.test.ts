import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TestPieces } from './testPieces';

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
  const hits = right.slice(start, start + count).filter(Boolean).length;
  return {
    loss: part.reduce((a, b) => a + b, 0) / count,
    sumOfBatchMeans,
    accuracy: hits / count,
    count,
    predictions: new Uint8Array(count),
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
        const pieces = new TestPieces(images.length, batch);
        while (!pieces.isDone) {
          const { start, count } = pieces.next();
          pieces.add(evaluate(losses, right, start, count, batch), speed.next().value);
        }
        const whole = evaluate(losses, right, 0, images.length, batch);
        const total = pieces.total();
        expect(total.count).toBe(images.length);
        expect(total.accuracy).toBe(whole.accuracy);
        expect(total.loss).toBeCloseTo(whole.loss, 9);
        expect(total.sumOfBatchMeans).toBeCloseTo(whole.sumOfBatchMeans, 6);
      }),
      { numRuns: 50 },
    );
  });

  it('lets losses that are not finite through', () => {
    const pieces = new TestPieces(1, 64);
    pieces.add({ loss: NaN, sumOfBatchMeans: NaN, accuracy: 0, count: 1, predictions: new Uint8Array(1) }, 1);
    expect(pieces.total()).toEqual({ loss: NaN, sumOfBatchMeans: NaN, accuracy: 0, count: 1 });
  });
});
