import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convolve } from '@/conv/convolution';
import { convOperators, ConvError, geometryOf, type ConvSettings } from '@/conv/geometry';
import { inputCoordinate } from '@/conv/plane';
import { unreadAlong, unreadInputs } from '@/conv/relations';
import { traceMaxPool } from '@/conv/stages';

const shape = fc.record({
  height: fc.integer({ min: 1, max: 9 }),
  width: fc.integer({ min: 1, max: 9 }),
  rows: fc.integer({ min: 1, max: 3 }),
  columns: fc.integer({ min: 1, max: 3 }),
  operator: fc.constantFrom(...convOperators),
  stride: fc.integer({ min: 1, max: 5 }),
  padding: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constant('same' as const)),
  dilation: fc.integer({ min: 1, max: 4 }),
  groups: fc.constant(1),
});

/** Input cells that change no output when they alone are 1 under a kernel of ones. */
function ignored(height: number, width: number, outputs: (x: Float64Array) => ArrayLike<number>): number[] {
  return Array.from({ length: height * width }, (_value, cell) => cell).filter((cell) => {
    const x = new Float64Array(height * width);
    x[cell] = 1;
    return Array.from(outputs(x)).every((value) => value === 0);
  });
}

describe('cells that no window reads', () => {
  it('are those that no output depends on, for every operator', () => {
    fc.assert(
      fc.property(shape, ({ height, width, rows, columns, ...settings }) => {
        const xShape = [1, 1, height, width] as const;
        const w = { shape: [1, 1, rows, columns] as const, data: new Float64Array(rows * columns).fill(1) };
        let geometry;
        try {
          geometry = geometryOf(xShape, w.shape, settings satisfies ConvSettings);
        } catch (error) {
          // Not every kernel fits.
          expect(error).toBeInstanceOf(ConvError);
          return;
        }
        const expected = ignored(
          height,
          width,
          (data) => convolve({ shape: xShape, data }, w, null, settings).data,
        );
        expect(unreadInputs(geometry.rows, geometry.columns)).toBe(expected.length);
        const unreadRows = unreadAlong(geometry.rows).map((row) => inputCoordinate(geometry.rows, row));
        for (const row of unreadRows) {
          if (row === null) continue;
          for (let column = 0; column < width; column += 1) expect(expected).toContain(row * width + column);
        }
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it('are found for pooling too', () => {
    fc.assert(
      fc.property(
        fc.record({
          height: fc.integer({ min: 4, max: 9 }),
          width: fc.integer({ min: 4, max: 9 }),
          kernelSize: fc.integer({ min: 2, max: 4 }),
          stride: fc.integer({ min: 1, max: 4 }),
          padding: fc.integer({ min: 0, max: 1 }),
          countIncludePad: fc.boolean(),
        }),
        ({ height, width, ...settings }) => {
          const trace = (data: Float64Array) =>
            traceMaxPool({ shape: [1, 1, height, width], data }, settings);
          const { rows, columns } = trace(new Float64Array(height * width));
          const expected = ignored(height, width, (data) => trace(data).output.data);
          expect(unreadInputs(rows, columns)).toBe(expected.length);
        },
      ),
      { numRuns: 100, seed: 5 },
    );
  });

  it('are rows 3, 6, 9 and columns 3, 6 of 7 x 6 cells with padding 1, stride 3 and kernel 2', () => {
    const settings = {
      operator: 'cross_correlation',
      stride: 3,
      padding: 1,
      dilation: 1,
      groups: 1,
    } as const;
    const { rows, columns } = geometryOf([1, 1, 7, 6], [1, 1, 2, 2], settings);
    expect(unreadAlong(rows)).toEqual([2, 5, 8]);
    expect(unreadAlong(columns)).toEqual([2, 5]);
    expect(unreadInputs(rows, columns)).toBe(22);
  });
});
