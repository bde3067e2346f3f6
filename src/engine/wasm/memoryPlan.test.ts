// Buffers that live at the same time must not overlap; buffers that do not should share.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planMemory } from '@/engine/wasm/memoryPlan';

const lifetime = fc
  .record({
    bytes: fc.integer({ min: 1, max: 5000 }),
    first: fc.integer({ min: 0, max: 40 }),
    length: fc.integer({ min: 0, max: 40 }),
  })
  .map(({ bytes, first, length }) => ({ bytes, first, last: first + length }));

describe('planMemory', () => {
  it('never lets two living buffers overlap', () => {
    fc.assert(
      fc.property(fc.array(lifetime, { maxLength: 40 }), (buffers) => {
        const { offsets, bytes } = planMemory(buffers);
        buffers.forEach((a, i) => {
          const from = offsets[i] ?? NaN;
          expect(from % 64).toBe(0);
          expect(from + a.bytes).toBeLessThanOrEqual(bytes);
          buffers.slice(0, i).forEach((b, j) => {
            const other = offsets[j] ?? NaN;
            const isApart =
              a.last < b.first || b.last < a.first || from + a.bytes <= other || other + b.bytes <= from;
            expect(isApart).toBe(true);
          });
        });
      }),
    );
  });

  it('uses the same place again once a buffer is done with', () => {
    const chain = [0, 1, 2, 3, 4, 5].map((first) => ({ bytes: 640, first, last: first + 1 }));
    expect(planMemory(chain).bytes).toBe(2 * 640);
  });
});
