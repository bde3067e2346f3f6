// Buffers that live at the same time must not overlap; buffers that do not should share.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planArena, planBuffers, spansOf, type Lifetime } from '@/engine/compiling/memoryPlan';

const lifetime = fc
  .record({
    bytes: fc.integer({ min: 1, max: 5000 }),
    first: fc.integer({ min: 0, max: 40 }),
    length: fc.integer({ min: 0, max: 40 }),
  })
  .map(({ bytes, first, length }) => ({ bytes, first, last: first + length }));

/** Five buffers, each alive together with the one before it. */
const chain = [0, 1, 2, 3, 4, 5].map((first) => ({ bytes: 640, first, last: first + 1 }));

const isApart = (a: Lifetime, b: Lifetime): boolean => a.last < b.first || b.last < a.first;

describe('planArena', () => {
  it('never lets two living buffers overlap', () => {
    fc.assert(
      fc.property(fc.array(lifetime, { maxLength: 40 }), (buffers) => {
        const { offsets, bytes } = planArena(buffers);
        buffers.forEach((a, i) => {
          const from = offsets[i] ?? NaN;
          expect(from % 64).toBe(0);
          expect(from + a.bytes).toBeLessThanOrEqual(bytes);
          buffers.slice(0, i).forEach((b, j) => {
            const other = offsets[j] ?? NaN;
            expect(isApart(a, b) || from + a.bytes <= other || other + b.bytes <= from).toBe(true);
          });
        });
      }),
    );
  });

  it('uses the same place again once a buffer is done with', () => {
    expect(planArena(chain).bytes).toBe(2 * 640);
  });
});

describe('planBuffers', () => {
  it('never puts two into one buffer that live together, nor one that is larger than the buffer’s first', () => {
    fc.assert(
      fc.property(fc.array(lifetime, { maxLength: 40 }), (lives) => {
        const { places, tenants } = planBuffers(lives);
        expect(tenants.flat().toSorted((a, b) => a - b)).toEqual(lives.map((_, i) => i));
        tenants.forEach((buffer, place) => {
          const [largest = 0] = buffer;
          buffer.forEach((own, at) => {
            expect(places[own]).toBe(place);
            expect(lives[own]?.bytes).toBeLessThanOrEqual(lives[largest]?.bytes ?? 0);
            for (const other of buffer.slice(0, at)) {
              const [a, b] = [lives[own], lives[other]];
              expect(a !== undefined && b !== undefined && isApart(a, b)).toBe(true);
            }
          });
        });
      }),
    );
  });

  it('takes turns in one buffer', () => {
    expect(planBuffers(chain)).toEqual({
      places: [0, 1, 0, 1, 0, 1],
      tenants: [
        [0, 2, 4],
        [1, 3, 5],
      ],
    });
  });
});

describe('spansOf', () => {
  it('reaches from the first to the last use, whatever their order', () => {
    const spans = spansOf([
      ['x', 3],
      ['y', 1],
      ['x', 0],
      ['y', 1],
    ]);
    expect([...spans]).toEqual([
      ['x', { first: 0, last: 3 }],
      ['y', { first: 1, last: 1 }],
    ]);
  });
});
