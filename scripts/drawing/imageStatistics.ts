/** What images of digits have in common: where their ink lies, how much it is, how wide its strokes are. */
import { centreOfMass } from '@/model/mnistPreprocess';

export interface ImageStatistics {
  /** Centre of mass in pixel edges. */
  readonly x: number;
  readonly y: number;
  /** Longer side of the ink's box, in pixels. */
  readonly extent: number;
  /** Mean of the pixels, 0 to 1. */
  readonly intensity: number;
  /** In pixels: twice the ink's area over the length of its edge, which is the width of a long stroke; crossings count as wider. */
  readonly strokeWidth: number;
}

const size = 28;

/** Of 28 x 28 bytes. */
export function imageStatistics(pixels: Uint8Array): ImageStatistics {
  const values = Float32Array.from(pixels, (byte) => byte / 255);
  const at = (row: number, column: number): number =>
    row < 0 || column < 0 || row >= size || column >= size ? 0 : (values[row * size + column] ?? 0);
  let area = 0;
  let edge = 0;
  const rows = new Set<number>();
  const columns = new Set<number>();
  for (let row = -1; row < size; row += 1) {
    for (let column = -1; column < size; column += 1) {
      const [a, b, c, d] = [
        at(row, column),
        at(row, column + 1),
        at(row + 1, column),
        at(row + 1, column + 1),
      ];
      area += a;
      // Length of the gradient, which adds up to the edge's length times the step from paper to ink.
      edge += Math.hypot(b + d - a - c, c + d - a - b) / 2;
      if (a > 0) {
        rows.add(row);
        columns.add(column);
      }
    }
  }
  const length = (places: Set<number>): number => Math.max(...places) - Math.min(...places) + 1;
  return {
    ...centreOfMass({ width: size, height: size, values }),
    extent: Math.max(length(rows), length(columns)),
    intensity: area / size ** 2,
    strokeWidth: (2 * area) / edge,
  };
}

/** The value that this share of the values lie below. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / values.length;
