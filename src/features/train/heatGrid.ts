/** A heat plot as numbers: one row a layer, columns evenly spaced in steps, each the last measurement before it. */
import type { StepStatistics } from '@/model/layerStatistics';
import type { LayerQuantity } from '@/model/layerQuantities';

export interface HeatGrid {
  readonly layers: readonly string[];
  /** The step, counted from 0, that each column shows. */
  readonly steps: readonly number[];
  /** values[row][column]; NaN where there is none. */
  readonly values: readonly (readonly number[])[];
  /** What the ends of the colour scale stand for. */
  readonly low: number;
  readonly high: number;
}

const mostColumns = 240;
/** Powers of ten below the largest value that are told apart: a single zero must not flatten all else. */
const decades = 8;

function rangeOf(values: readonly number[], { scale }: LayerQuantity): readonly [number, number] {
  if (scale === 'share') return [0, 1];
  if (scale === 'signed') {
    const size = Math.max(0, ...values.filter(Number.isFinite).map(Math.abs));
    return size === 0 ? [-1, 1] : [-size, size];
  }
  const shown = values.filter((value) => value > 0 && Number.isFinite(value));
  if (shown.length === 0) return [0.1, 1];
  const high = Math.max(...shown);
  const low = Math.max(Math.min(...shown), high / 10 ** decades);
  return low < high ? [low, high] : [high / 10, high];
}

export function heatGrid(statistics: readonly StepStatistics[], quantity: LayerQuantity): HeatGrid {
  const last = statistics.at(-1)?.step ?? 0;
  const columns = Math.min(mostColumns, last + 1);
  let at = 0;
  const shown = Array.from({ length: columns }, (_, column) => {
    const step = columns === 1 ? last : (column / (columns - 1)) * last;
    while ((statistics[at + 1]?.step ?? Infinity) <= step + 1e-9) at += 1;
    return statistics[at];
  });
  const layers = statistics[0]?.layers.map(({ name }) => name) ?? [];
  const values = layers.map((_, row) =>
    shown.map((step) => {
      const layer = step?.layers[row];
      return layer === undefined ? NaN : quantity.of(layer);
    }),
  );
  const [low, high] = rangeOf(values.flat(), quantity);
  return { layers, steps: shown.map((step) => step?.step ?? 0), values, low, high };
}

/** Place of a value on the colour scale, 0 to 1; null for one that is not finite. */
export function heatPosition(
  value: number,
  { low, high }: HeatGrid,
  { scale }: LayerQuantity,
): number | null {
  if (!Number.isFinite(value)) return null;
  if (scale === 'share') return value;
  if (scale === 'signed') return (value - low) / (high - low);
  return value <= 0 ? 0 : Math.log(value / low) / Math.log(high / low);
}
