/** One dimension of a sweep as an axis: its values in order, or, where they are too many to stand beside each other, stretches. */
import type { Hyperparameter, HyperparameterValue } from '@/model/hyperparameter';
import { meanOf } from '@/model/spread';
import type { PointResult } from '@/features/runs/sweeps/sweepResults';

type Value = HyperparameterValue | undefined;

/** Numbers of a logarithmic setting lie by their logarithms. */
export function isLogarithmic(field: Hyperparameter, values: readonly Value[]): boolean {
  if (field.kind === 'choice' || field.kind === 'boolean' || field.scale !== 'log') return false;
  return values.every((value) => value === undefined || Number(value) > 0);
}

/** Numbers rise, choices stand as in the menu; what does not exist in a point comes last. */
export function orderedValues(field: Hyperparameter, values: readonly Value[]): Value[] {
  const place = (value: Value): number => {
    if (value === undefined) return Infinity;
    return field.kind === 'choice' ? field.choices.indexOf(String(value)) : Number(value);
  };
  return [...new Set(values)].toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** One place on an axis. */
export interface AxisBin {
  /** All equal for a value by itself. */
  readonly first: Value;
  readonly last: Value;
  readonly holds: (value: Value) => boolean;
}

const mostBins = 12;
const mostStretches = 8;

/** The places of an axis, in order. Numbers are cut into stretches where nearly every point has one of its own, as random points have. */
export function binsOf(field: Hyperparameter, all: readonly Value[]): AxisBin[] {
  const values = orderedValues(field, all);
  const numbers = values.filter((value) => typeof value === 'number');
  const isScattered = values.length > 4 && values.length > all.length / 2;
  if ((values.length <= mostBins && !isScattered) || numbers.length < values.length)
    return values.map((value) => ({ first: value, last: value, holds: (other) => other === value }));
  const stretches = Math.min(mostStretches, Math.ceil(Math.sqrt(all.length)));
  const isLog = isLogarithmic(field, values);
  const [low = 0, high = 1] = [numbers[0], numbers.at(-1)];
  const edge = (i: number): number => {
    if (i === stretches) return high;
    const share = i / stretches;
    return isLog ? low * (high / low) ** share : low + (high - low) * share;
  };
  return Array.from({ length: stretches }, (_, i) => {
    const [first, last] = [edge(i), edge(i + 1)];
    const isLast = i === stretches - 1;
    return {
      first,
      last,
      holds: (value: Value) => Number(value) >= first && (Number(value) < last || isLast),
    };
  });
}

export interface HeatCell {
  /** Over the points in it; null where none has ended. */
  readonly mean: number | null;
  readonly points: readonly PointResult[];
}

export interface HeatGrid {
  readonly columns: readonly AxisBin[];
  readonly rows: readonly AxisBin[];
  /** Row by row. */
  readonly cells: readonly (readonly HeatCell[])[];
}

/** The means of a sweep over two of its dimensions, by their places among its fields; over all others they are means again. */
export function sweepHeat(
  results: readonly PointResult[],
  fields: readonly Hyperparameter[],
  [across, down]: readonly [number, number],
): HeatGrid | null {
  const [x, y] = [fields[across], fields[down]];
  if (x === undefined || y === undefined) return null;
  const valueOf = (index: number) => (result: PointResult) => result.values[index];
  const columns = binsOf(x, results.map(valueOf(across)));
  const rows = binsOf(y, results.map(valueOf(down)));
  const cells = rows.map((row) =>
    columns.map((column): HeatCell => {
      const points = results.filter(
        (result) => column.holds(valueOf(across)(result)) && row.holds(valueOf(down)(result)),
      );
      return { points, mean: meanOf(points.flatMap(({ mean }) => mean ?? [])) };
    }),
  );
  return { columns, rows, cells };
}

/** Where each value lies on an axis from 0 to 1: numbers by size, choices evenly; what does not exist at null. */
export function placesOf(field: Hyperparameter, all: readonly Value[]): (value: Value) => number | null {
  const values = orderedValues(field, all).filter((value) => value !== undefined);
  const isNumber = field.kind === 'number' || field.kind === 'integer';
  const isLog = isLogarithmic(field, values);
  const [low, high] = [Number(values[0]), Number(values.at(-1))];
  return (value) => {
    if (value === undefined) return null;
    if (values.length < 2) return 0.5;
    if (!isNumber) return values.indexOf(value) / (values.length - 1);
    const number = Number(value);
    return isLog ? Math.log(number / low) / Math.log(high / low) : (number - low) / (high - low);
  };
}
