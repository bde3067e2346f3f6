import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterLayout } from '@/features/inspect/layers/filterLayout';
import {
  mapShape,
  movedUnit,
  pageSize,
  sheetLayout,
  tilePlace,
  unitAt,
} from '@/features/inspect/layers/sheetLayout';

const sizes = fc.record({
  maps: fc.integer({ min: 1, max: 600 }),
  height: fc.integer({ min: 1, max: 64 }),
  width: fc.integer({ min: 1, max: 64 }),
});

describe('a sheet', () => {
  it('has every unit of its page where it says, inside of its width and height', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 70, max: 1200 }),
        fc.nat(20),
        fc.nat(),
        (shape, width, page, seed) => {
          const layout = sheetLayout(shape, width, page);
          const [map, row, column] = [seed % layout.count, seed % shape.height, seed % shape.width];
          const { x, y } = tilePlace(layout, map);
          const at = [
            x + column * layout.scale + layout.scale / 2,
            y + row * layout.scale + layout.scale / 2,
          ] as const;
          expect(unitAt(layout, ...at)).toEqual([layout.first + map, row, column]);
          expect(x + shape.width * layout.scale).toBeLessThanOrEqual(width);
          expect(y + shape.height * layout.scale).toBeLessThanOrEqual(layout.height);
        },
      ),
    );
  });

  it('has nothing between the maps, and none beyond the last', () => {
    const layout = sheetLayout(mapShape([6, 28, 28]), 800, 0);
    expect(unitAt(layout, 57, 3)).toBeNull();
    expect(unitAt(layout, 6 * 62 + 3, 3)).toBeNull();
    expect(unitAt(layout, -1, 0)).toBeNull();
  });

  it('has all maps on its pages', () => {
    const shape = mapShape([70, 4, 4]);
    const counts = [0, 1, 2]
      .map((page) => sheetLayout(shape, 300, page))
      .map(({ first, count }) => [first, count]);
    expect(counts).toEqual([
      [0, 32],
      [32, 32],
      [64, 6],
    ]);
    expect(sheetLayout(shape, 300, 9).first).toBe(64);
    expect(pageSize(mapShape([84]))).toBe(256);
  });
});

it('keys lead from unit to unit and stop at the edges', () => {
  const shape = mapShape([3, 4, 5]);
  expect(movedUnit(shape, [1, 0, 4], 'ArrowRight')).toEqual([1, 0, 4]);
  expect(movedUnit(shape, [1, 0, 4], 'ArrowDown')).toEqual([1, 1, 4]);
  expect(movedUnit(shape, [1, 0, 4], 'PageDown')).toEqual([2, 0, 4]);
  expect(movedUnit(shape, [2, 0, 4], 'PageDown')).toEqual([2, 0, 4]);
  expect(movedUnit(mapShape([10]), [3, 0, 0], 'ArrowRight')).toEqual([4, 0, 0]);
  expect(movedUnit(shape, [1, 0, 4], 'x')).toBeNull();
});

describe('a sheet of filters', () => {
  it('has all kernels of a page apart from each other and inside of its width', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 512 }),
        fc.integer({ min: 1, max: 512 }),
        fc.integer({ min: 1, max: 11 }),
        fc.integer({ min: 60, max: 1200 }),
        (filters, channels, kernelSize, width) => {
          const layout = filterLayout(filters, channels, kernelSize, width);
          const side = kernelSize * layout.scale;
          const places = new Set<string>();
          for (let filter = 0; filter < layout.filters; filter += 1) {
            for (let channel = 0; channel < layout.channels; channel += 1) {
              const { x, y } = layout.placeOf(filter, channel);
              expect(x + side).toBeLessThanOrEqual(width);
              expect(y + side).toBeLessThanOrEqual(layout.height);
              places.add(`${x} ${y}`);
            }
          }
          expect(places.size).toBe(layout.filters * layout.channels);
          expect(layout.filters * layout.filterPages).toBeGreaterThanOrEqual(filters);
          expect(layout.channels * layout.channelPages).toBeGreaterThanOrEqual(channels);
        },
      ),
      { numRuns: 50 },
    );
  });
});
