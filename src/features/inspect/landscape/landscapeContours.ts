/** From losses on a grid to levels, colours and outlines. */
import { contours } from 'd3-contour';
import type { LossLandscape } from '@/model/lossLandscape';
import type { Scale } from '@/ui/chart/chartScale';
import { heatColour } from '@/ui/theme/heatColours';

export type LandscapeMeasure = 'loss' | 'accuracy';

export interface Level {
  /** All points above it are inside. */
  readonly value: number;
  readonly colour: string;
}

const levelCount = 14;

/** Losses as they are drawn: what is no number lies as high as the highest that is. */
export function finiteValues(values: ArrayLike<number>): number[] {
  const finite = Array.from(values).filter(Number.isFinite);
  const highest = Math.max(...finite);
  return Array.from(values, (value) => (Number.isFinite(value) ? value : highest));
}

/** From the lowest value on: a loss's lie evenly on a logarithmic scale, where it is above 0; an accuracy's evenly. */
export function levelsOf(values: readonly number[], measure: LandscapeMeasure): Level[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const isLog = measure === 'loss' && low > 0;
  return Array.from({ length: levelCount }, (_, i) => {
    const share = i / levelCount;
    const value = isLog ? low * (high / low) ** share : low + (high - low) * share;
    return {
      value,
      colour: `rgb(${heatColour(i / (levelCount - 1))
        .map(Math.round)
        .join(' ')})`,
    };
  });
}

/** What lies above each level, as a path of an SVG. `x`, `y`: from the coordinates of the plane to pixels. */
export function contourPaths(
  { x: columns, y: rows }: Pick<LossLandscape, 'x' | 'y'>,
  values: readonly number[],
  levels: readonly Level[],
  { x, y }: { readonly x: Scale; readonly y: Scale },
): readonly { readonly level: Level; readonly path: string }[] {
  // The library's places: a value stands in the middle of its cell, half a cell from the cell's edge.
  const along = (at: readonly number[], place: number): number => {
    const [first = 0, second = 0] = at;
    return first + (place - 0.5) * (second - first);
  };
  const point = ([column = 0, row = 0]: readonly number[]): string =>
    `${x(along(columns, column)).toFixed(1)} ${y(along(rows, row)).toFixed(1)}`;
  const shapes = contours()
    .size([columns.length, rows.length])
    .thresholds(levels.map(({ value }) => value))([...values]);
  return levels.map((level, i) => ({
    level,
    path: (shapes[i]?.coordinates ?? [])
      .flat()
      .map((ring) => `M${ring.map(point).join('L')}Z`)
      .join(''),
  }));
}

/** The place of the lowest loss, or the highest accuracy. */
export function bestPlace(values: readonly number[], measure: LandscapeMeasure): number {
  const best = measure === 'loss' ? Math.min(...values) : Math.max(...values);
  return values.indexOf(best);
}
