/** How the maps of a layer lie on their sheet: tiles row by row, a page at a time. All in CSS pixels. */
import type { Shape } from '@/model/shape';

/** Maps of a layer: channels of an image, or features of one value each. */
export interface MapShape {
  readonly maps: number;
  readonly height: number;
  readonly width: number;
}

export function mapShape(shape: Shape): MapShape {
  const [maps = 1, height = 1, width = 1] = shape;
  return { maps, height, width };
}

export interface SheetLayout {
  readonly shape: MapShape;
  /** Side of a value's square. */
  readonly scale: number;
  readonly gap: number;
  readonly perRow: number;
  /** The maps of this page. */
  readonly first: number;
  readonly count: number;
  readonly pages: number;
  /** Of every page, so that nothing moves when it is turned. */
  readonly height: number;
}

const largestTile = 56;
const cellSide = 14;
/** What a page holds of maps with many values, and of single values. */
const perPage = { images: 32, values: 256 } as const;

export const isImages = ({ height, width }: MapShape): boolean => height * width > 1;

export function pageSize(shape: MapShape): number {
  return isImages(shape) ? perPage.images : perPage.values;
}

export function sheetLayout(shape: MapShape, width: number, page: number): SheetLayout {
  const images = isImages(shape);
  const scale = images
    ? Math.max(1, Math.floor(largestTile / Math.max(shape.height, shape.width)))
    : cellSide;
  const gap = images ? 6 : 2;
  const size = pageSize(shape);
  const pages = Math.ceil(shape.maps / size);
  const first = Math.max(0, Math.min(page, pages - 1)) * size;
  const perRow = Math.max(1, Math.floor((width + gap) / (shape.width * scale + gap)));
  const rows = Math.ceil(Math.min(shape.maps, size) / perRow);
  return {
    shape,
    scale,
    gap,
    perRow,
    first,
    count: Math.min(size, shape.maps - first),
    pages,
    height: rows * (shape.height * scale + gap) - gap,
  };
}

/** Left upper corner of a map; `map` counts from the page's first. */
export function tilePlace({ shape, scale, gap, perRow }: SheetLayout, map: number): { x: number; y: number } {
  return {
    x: (map % perRow) * (shape.width * scale + gap),
    y: Math.floor(map / perRow) * (shape.height * scale + gap),
  };
}

/** The unit at a point of the sheet: [map, row, column]; null beside the maps. */
export function unitAt(
  layout: SheetLayout,
  x: number,
  y: number,
): readonly [map: number, row: number, column: number] | null {
  const { shape, scale, gap, perRow, first, count } = layout;
  const [tileWidth, tileHeight] = [shape.width * scale + gap, shape.height * scale + gap];
  const [across, down] = [Math.floor(x / tileWidth), Math.floor(y / tileHeight)];
  const [column, row] = [Math.floor((x % tileWidth) / scale), Math.floor((y % tileHeight) / scale)];
  const map = down * perRow + across;
  const isInside =
    x >= 0 && y >= 0 && across < perRow && map < count && column < shape.width && row < shape.height;
  return isInside ? [first + map, row, column] : null;
}

/** Where an arrow key leads from a unit; null for other keys. PageUp and PageDown go to the next map, Home and End to the first and last. */
export function movedUnit(
  { maps, height, width }: MapShape,
  [map, row, column]: readonly [number, number, number],
  key: string,
): readonly [number, number, number] | null {
  const within = (value: number, size: number): number => Math.max(0, Math.min(size - 1, value));
  const images = height * width > 1;
  const toMap = (to: number) => [within(to, maps), row, column] as const;
  switch (key) {
    case 'ArrowLeft':
      return images ? [map, row, within(column - 1, width)] : toMap(map - 1);
    case 'ArrowRight':
      return images ? [map, row, within(column + 1, width)] : toMap(map + 1);
    case 'ArrowUp':
      return images ? [map, within(row - 1, height), column] : toMap(map - 1);
    case 'ArrowDown':
      return images ? [map, within(row + 1, height), column] : toMap(map + 1);
    case 'PageUp':
      return toMap(map - 1);
    case 'PageDown':
      return toMap(map + 1);
    case 'Home':
      return toMap(0);
    case 'End':
      return toMap(maps - 1);
    default:
      return null;
  }
}
