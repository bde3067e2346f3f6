import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleOperations, type Scheduled } from '@/engine/wasm/schedule';

const operation = fc.record({
  reads: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
  writes: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 2 }),
  isSliced: fc.boolean(),
});

/** What every read sees: the operation that wrote it last; and the last writer of each buffer. */
function seen(operations: readonly Scheduled<number>[], order: readonly number[]): unknown {
  const writers = new Map<number, number>();
  const reads = new Map<number, readonly (number | undefined)[]>();
  for (const at of order) {
    const { reads: from, writes } = operations[at] ?? { reads: [], writes: [] };
    reads.set(
      at,
      [...from, ...writes].map((buffer) => writers.get(buffer)),
    );
    for (const buffer of writes) writers.set(buffer, at);
  }
  return { reads, last: writers };
}

describe('scheduleOperations', () => {
  it('lets every operation read what it read in the order given', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 20 }), (operations) => {
        const given = operations.map((_, at) => at);
        const order = scheduleOperations(operations).flat();
        expect(order.toSorted((a, b) => a - b)).toEqual(given);
        expect(seen(operations, order)).toEqual(seen(operations, given));
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it('puts into a phase sliced operations alone, or others that do not meet in any buffer that one of them writes', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 20 }), (operations) => {
        for (const phase of scheduleOperations(operations)) {
          const of = phase.flatMap((at) => operations[at] ?? []);
          if (of.some(({ isSliced }) => isSliced)) {
            expect(of.every(({ isSliced }) => isSliced)).toBe(true);
            continue;
          }
          of.forEach(({ writes }, i) => {
            const others = of.flatMap((other, j) => (i === j ? [] : [...other.reads, ...other.writes]));
            expect(writes.filter((buffer) => others.includes(buffer))).toEqual([]);
          });
        }
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it('gathers the convolutions of a backward pass in one phase, and leaves the updates for after it', () => {
    const gradient = (dy: string, dx: string, of: string): Scheduled<string>[] => [
      { reads: [`w${of}`], writes: [`packed${of}`], isSliced: false },
      { reads: [dy, `packed${of}`], writes: [dx], isSliced: true },
      { reads: [dy], writes: [`dw${of}`], isSliced: true },
      { reads: [`dw${of}`], writes: [`w${of}`], isSliced: false },
    ];
    expect(scheduleOperations([...gradient('a', 'b', '2'), ...gradient('b', 'c', '1')])).toEqual([
      [0, 4],
      [1, 2, 5, 6],
      [3, 7],
    ]);
  });
});
