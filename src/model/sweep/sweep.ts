/** The runs of a sweep: a grid, or seeded random points, over hyperparameters, each with several seeds. Pure. */
import type { Hyperparameter, HyperparameterKey, HyperparameterValue } from '@/model/hyperparameter';
import { applies, customNetwork, hyperparameter, hyperparameters } from '@/model/hyperparameters';
import { rangeProblem, type RangeProblem } from '@/model/numberRange';
import { streamKey, streams, uniform } from '@/model/random';
import type { RunConfig } from '@/model/runConfig';
import type { RunSweep } from '@/model/sweep/runSweep';
import { validateConfig } from '@/model/validate';

/** Numbers from `low` to `high`, both among them in a grid. */
export interface RangeDimension {
  readonly kind: 'range';
  readonly key: HyperparameterKey;
  readonly low: number;
  readonly high: number;
  readonly scale: 'linear' | 'log';
  /** Values of a grid; random points draw as many as there are points. */
  readonly count: number;
}

/** These values. */
export interface ListDimension {
  readonly kind: 'list';
  readonly key: HyperparameterKey;
  readonly values: readonly HyperparameterValue[];
}

export type SweepDimension = RangeDimension | ListDimension;

export interface SweepSpec {
  /** Every setting that no dimension varies. */
  readonly base: RunConfig;
  readonly dimensions: readonly SweepDimension[];
  readonly method: 'grid' | 'random';
  /** Random points; a grid has as many as its values make. */
  readonly points: number;
  /** Of the draw of random points; one seed is one draw. */
  readonly drawSeed: number;
  /** Seeds a point: the base's and those after it. */
  readonly seeds: number;
}

/** What can be swept of this configuration, where `keys` are swept already: the seed is not, each point has several. */
export function sweepable(base: RunConfig, keys: readonly HyperparameterKey[]): Hyperparameter[] {
  return hyperparameters.filter(
    (field) =>
      field.key !== 'seed' &&
      (applies(field, base) || (field.belongsTo !== null && keys.includes(field.belongsTo.key))),
  );
}

/** The values of a hyperparameter that is chosen, not typed; null for a number. */
export function choicesOf(field: Hyperparameter): readonly HyperparameterValue[] | null {
  if (field.kind === 'boolean') return [false, true];
  // Which layers a network of one's own has, no value says.
  return field.kind === 'choice' ? field.choices.filter((value) => value !== customNetwork) : null;
}

/** A thousandth of a range is as fine as anybody reads; on a logarithmic scale three digits are about that. */
function rounded({ kind }: Hyperparameter, { low, high, scale }: RangeDimension, value: number): number {
  if (kind === 'integer') return Math.round(value);
  if (scale === 'log') return Number(value.toPrecision(high / low > 1.1 ? 3 : 6));
  return Number(value.toFixed(Math.min(15, Math.max(0, 3 - Math.floor(Math.log10(high - low))))));
}

/** Where `share` (0 to 1) of the way from low to high lies. */
function valueAt(dimension: RangeDimension, share: number): number {
  const { key, low, high, scale } = dimension;
  if (share === 0 || low === high) return low;
  if (share === 1) return high;
  const value = scale === 'log' ? low * (high / low) ** share : low + (high - low) * share;
  return rounded(hyperparameter(key), dimension, value);
}

const distinct = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];

/** The values of a dimension in a grid, distinct, in order. */
export function gridValues(dimension: SweepDimension): HyperparameterValue[] {
  if (dimension.kind === 'list') return distinct(dimension.values);
  const { count } = dimension;
  return distinct(
    Array.from({ length: count }, (_, i) => valueAt(dimension, count === 1 ? 0 : i / (count - 1))),
  );
}

/** A value of a dimension for a number in [0, 1), all equally likely, on a logarithmic scale by their logarithms. */
function drawnValue(dimension: SweepDimension, share: number): HyperparameterValue {
  if (dimension.kind === 'list') {
    const values = distinct(dimension.values);
    return values[Math.floor(share * values.length)] ?? 0;
  }
  const { key, low, high, scale } = dimension;
  // The ends of a range of whole numbers are as likely as those between.
  if (hyperparameter(key).kind === 'integer' && scale === 'linear')
    return Math.floor(low + share * (high - low + 1));
  return Math.min(high, Math.max(low, valueAt(dimension, share)));
}

export type DimensionProblem =
  | { readonly code: 'no_values' | 'empty_range' | 'not_logarithmic' | 'no_count' }
  | { readonly code: 'out_of_range'; readonly value: number; readonly problem: RangeProblem };

/** More values of one dimension than anybody reads. */
export const mostValues = 50;

/** Why a dimension gives no values, or null. */
export function dimensionProblem(dimension: SweepDimension): DimensionProblem | null {
  const field = hyperparameter(dimension.key);
  const outOfRange = (value: HyperparameterValue): DimensionProblem | null => {
    if (typeof value !== 'number' || field.kind === 'choice' || field.kind === 'boolean') return null;
    const problem = rangeProblem(field, value);
    return problem === null ? null : { code: 'out_of_range', value, problem };
  };
  if (dimension.kind === 'list') {
    if (dimension.values.length === 0) return { code: 'no_values' };
    return dimension.values.map(outOfRange).find((problem) => problem !== null) ?? null;
  }
  const { low, high, scale, count } = dimension;
  const problem = outOfRange(low) ?? outOfRange(high);
  if (problem !== null) return problem;
  if (low >= high) return { code: 'empty_range' };
  if (scale === 'log' && low <= 0) return { code: 'not_logarithmic' };
  return Number.isInteger(count) && count >= 2 && count <= mostValues ? null : { code: 'no_count' };
}

/** Points that the sweep has at most: without those that come out alike. */
export function pointCount({ dimensions, method, points }: SweepSpec): number {
  if (method === 'random') return points;
  return dimensions.reduce((product, dimension) => product * gridValues(dimension).length, 1);
}

type Point = ReadonlyMap<HyperparameterKey, HyperparameterValue>;

/** The first dimension varies slowest. */
function gridPoints(dimensions: readonly SweepDimension[]): Point[] {
  return dimensions.reduce<Point[]>(
    (before, dimension) =>
      before.flatMap((point) =>
        gridValues(dimension).map((value) => new Map(point).set(dimension.key, value)),
      ),
    [new Map()],
  );
}

function drawnPoint({ dimensions, drawSeed }: SweepSpec, draw: number): Point {
  return new Map(
    dimensions.map((dimension, i) => [
      dimension.key,
      drawnValue(dimension, uniform(streamKey(drawSeed, streams.sweep, draw), i)),
    ]),
  );
}

function written(field: Hyperparameter, config: RunConfig, value: HyperparameterValue): RunConfig {
  if (field.kind === 'choice') return field.write(config, String(value));
  if (field.kind === 'boolean') return field.write(config, value === true);
  return field.write(config, Number(value));
}

/** In the table's order: a choice before the settings that belong to it. */
function configOf(base: RunConfig, point: Point): RunConfig {
  return hyperparameters.reduce((config, field) => {
    const value = point.get(field.key);
    return value === undefined ? config : written(field, config, value);
  }, base);
}

/** A draw of whole numbers or choices may come out as one before: it is drawn again, so often a point. */
const mostDraws = 20;

/**
 * The configuration of each point, all unlike one another, with the base's seed: where a setting does not exist in a point (a momentum
 * of Adam), all its values are one. More random points of one draw begin with the fewer.
 */
export function sweepPoints(spec: SweepSpec): RunConfig[] {
  const { base, dimensions, method, points } = spec;
  const configs = new Map<string, RunConfig>();
  const take = (point: Point): void => {
    const config = configOf(base, point);
    const key = JSON.stringify(config);
    if (!configs.has(key)) configs.set(key, config);
  };
  if (method === 'grid') gridPoints(dimensions).forEach(take);
  else
    for (let draw = 0; draw < mostDraws * points && configs.size < points; draw += 1)
      take(drawnPoint(spec, draw));
  return [...configs.values()];
}

/** A run of a sweep, to be trained. */
export interface SweepRun {
  readonly config: RunConfig;
  readonly sweep: RunSweep;
}

export interface SweepRuns {
  /** Every point once, then every point with the next seed, so that a sweep that is ended early has seen all points. */
  readonly runs: readonly SweepRun[];
  readonly points: number;
  /** Points whose settings contradict each other, such as a batch too small for the network: they are left out. */
  readonly invalid: readonly RunConfig[];
}

/** The runs of a sweep under this id. */
export function sweepRuns(spec: SweepSpec, id: string): SweepRuns {
  const all = sweepPoints(spec);
  const isValid = (config: RunConfig): boolean => validateConfig(config).length === 0;
  const valid = all.filter(isValid);
  const keys = spec.dimensions.map(({ key }) => key);
  const runs = Array.from({ length: spec.seeds }, (_, i) =>
    valid.map((config, point): SweepRun => ({
      config: { ...config, seed: (config.seed + i) % 2 ** 32 },
      sweep: { id, point, keys },
    })),
  ).flat();
  return { runs, points: valid.length, invalid: all.filter((config) => !isValid(config)) };
}
