import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
