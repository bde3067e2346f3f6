import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { defaultKeyframeBytes, keyframeCapacity, keyframesToDrop, keyframeSpacing } from './keyframePolicy';

const gapsOf = (steps: readonly number[]): number[] => steps.map((step, i) => step - (steps[i - 1] ?? 0));

/** A run that asks for a keyframe whenever it may, as a recorder does. */
function keyframesOf(
  total: number,
  stride: number,
  capacity: number,
  epoch: number,
  best: number | null,
): number[] {
  let kept: number[] = [];
  for (let step = stride; step <= total; step += stride) {
    const isDue = step - (kept.at(-1) ?? 0) >= keyframeSpacing(step, capacity);
    if (!isDue && step % epoch !== 0 && step !== best) continue;
    const limits = { capacity, isPreferred: (one: number) => one % epoch === 0, best };
    const all = [...kept, step];
    const dropped = new Set(keyframesToDrop(all, limits));
    kept = all.filter((one) => !dropped.has(one));
  }
  return kept;
}

const runs = fc.record({
  total: fc.integer({ min: 10, max: 20_000 }),
  stride: fc.integer({ min: 1, max: 40 }),
  capacity: fc.integer({ min: 2, max: 200 }),
  epoch: fc.integer({ min: 50, max: 4000 }),
  bestAt: fc.double({ min: 0, max: 1, noNaN: true }),
});

it('keeps within the budget, the newest and the best always, and all distances about equal', () => {
  fc.assert(
    fc.property(runs, ({ total, stride, capacity, epoch, bestAt }) => {
      const steps = Math.floor(total / stride);
      fc.pre(steps >= 1);
      const newest = steps * stride;
      const best = Math.max(1, Math.round(steps * bestAt)) * stride;
      const kept = keyframesOf(total, stride, capacity, epoch, best);
      expect(kept.length).toBeLessThanOrEqual(Math.max(capacity, 2));
      expect(kept).toContain(best);
      expect(newest - (kept.at(-1) ?? 0)).toBeLessThanOrEqual(keyframeSpacing(newest, capacity) + stride);
      // Those that may go are what is left of the budget; what is dropped joins the two shortest gaps, together at most twice
      // the mean of the gaps between them. Where the ends of epochs alone fill it, they share it.
      const ends = kept.filter((step) => step % epoch === 0).length;
      const free = capacity - ends - 2;
      const bound = free > 0 ? (2 * newest) / free : (2 * newest) / Math.max(1, capacity - 2);
      if (capacity > 3)
        expect(Math.max(...gapsOf(kept))).toBeLessThanOrEqual(Math.max(bound, epoch) + 2 * stride);
    }),
    { numRuns: 300 },
  );
});

it('drops the ends of epochs last', () => {
  const limits = { capacity: 4, isPreferred: (step: number) => step % 100 === 0, best: 130 };
  expect(keyframesToDrop([50, 100, 130, 150, 200, 210], limits)).toEqual([150, 50]);
  expect(keyframesToDrop([100, 130, 200, 300, 310], { ...limits, capacity: 3 })).toEqual([300, 100]);
});

it('holds two, however large they are', () => {
  expect([keyframeCapacity(64e6, 1e9), keyframeCapacity(defaultKeyframeBytes, 1e6)]).toEqual([2, 64]);
});
