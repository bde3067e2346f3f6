import { array, assert, integer, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { strokesOnPad, type Stroke } from '@/model/strokes';

const stroke = (...points: readonly (readonly [x: number, y: number])[]): Stroke => ({
  points: points.map(([x, y]) => ({ x, y })),
});

describe('strokesOnPad', () => {
  it('leaves what is on the pad as it is, a tap included', () => {
    const strokes = [stroke([0.1, 0.2], [0.9, 0.2], [0.9, 0.2]), stroke([0, 1])];
    expect(strokesOnPad(strokes)).toEqual(strokes);
  });

  it('cuts at the border, and begins anew where the stroke comes back', () => {
    expect(strokesOnPad([stroke([0.5, 0.5], [1.5, 0.5], [1.5, 0.75], [0.5, 0.75], [0.25, 0.75])])).toEqual([
      stroke([0.5, 0.5], [1, 0.5]),
      stroke([1, 0.75], [0.5, 0.75], [0.25, 0.75]),
    ]);
  });

  it('keeps the part of a line whose ends are both outside', () => {
    expect(strokesOnPad([stroke([-1, 0.5], [2, 0.5])])).toEqual([stroke([0, 0.5], [1, 0.5])]);
    expect(strokesOnPad([stroke([-1, 0.5], [0.5, 2.5])])).toEqual([]);
  });

  it('leaves no point off the pad, and no length out', () => {
    // On a grid: whether a line a denormal number beside the border is on the pad, rounding decides in the samples.
    const coordinate = integer({ min: -(2 ** 20), max: 2 ** 21 }).map((units) => units / 2 ** 20);
    const place = tuple(coordinate, coordinate);
    assert(
      property(array(place, { minLength: 1, maxLength: 6 }), (places) => {
        const parts = strokesOnPad([stroke(...places)]);
        for (const { x, y } of parts.flatMap(({ points }) => points)) {
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(-1e-9);
          expect(Math.max(x, y)).toBeLessThanOrEqual(1 + 1e-9);
        }
        const length = ({ points }: Stroke): number =>
          points.reduce((total, { x, y }, i) => {
            const before = points[i - 1] ?? { x, y };
            return total + Math.hypot(x - before.x, y - before.y);
          }, 0);
        const isOnPad = ({ x, y }: { x: number; y: number }): boolean => x >= 0 && x <= 1 && y >= 0 && y <= 1;
        // Against a thousand samples of each line.
        const samples = 1000;
        const sampled = places.slice(1).reduce((total, [bx, by], i) => {
          const [ax, ay] = places[i] ?? [bx, by];
          const inside = Array.from({ length: samples }, (_, k) => (k + 0.5) / samples).filter((t) =>
            isOnPad({ x: ax + t * (bx - ax), y: ay + t * (by - ay) }),
          );
          return total + (Math.hypot(bx - ax, by - ay) * inside.length) / samples;
        }, 0);
        expect(parts.reduce((total, part) => total + length(part), 0)).toBeCloseTo(sampled, 1);
      }),
      { numRuns: 50 },
    );
  });
});
