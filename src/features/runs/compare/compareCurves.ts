/** Lines of several runs for one chart: any figure that is recorded, over steps, epochs or training time. Pure. */
import type { CurvaturePoint } from '@/model/curvature';
import { DebiasedAverage } from '@/model/debiasedAverage';
import { layerQuantities, type LayerQuantity } from '@/model/layerQuantities';
import type { StepStatistics } from '@/model/layerStatistics';
import { stepsPerEpoch } from '@/model/runConfig';
import { deviationOf, meanOf } from '@/model/spread';
import type { EvaluationPoint } from '@/model/testFigures';
import { ChartSeries } from '@/session/chartSeries';
import type { RecordedMetrics } from '@/storage/runs/recordedMetrics';
import type { RecordedRun } from '@/storage/runs/runSchema';
import { thinned } from '@/ui/chart/chartScale';

/** A run with what was recorded of it. */
export interface ComparedRun {
  readonly run: RecordedRun;
  readonly metrics: RecordedMetrics;
  readonly tests: readonly EvaluationPoint[];
  readonly statistics: readonly StepStatistics[];
  readonly curvature: readonly CurvaturePoint[];
}

export const compareAxes = ['step', 'epoch', 'seconds'] as const;
export type CompareAxis = (typeof compareAxes)[number];

export const metricFigures = [
  'loss',
  'accuracy',
  'learningRate',
  'testLoss',
  'testAccuracy',
  'curvature',
] as const;
export type MetricFigure = (typeof metricFigures)[number];

export type CompareFigure =
  | { readonly kind: MetricFigure }
  | { readonly kind: 'layer'; readonly quantity: LayerQuantity; readonly layer: string };

export interface CurvePoint {
  /** On the axis that was asked for. */
  readonly step: number;
  /** NaN or infinite where it is none. */
  readonly value: number;
  readonly smoothed: number;
  /** Sample standard deviation of the runs whose mean `value` is; absent of one run. */
  readonly deviation?: number;
}

/** A line of the chart: a run, or the mean of several that differ in their seeds alone. */
export interface ComparedLine {
  readonly name: string;
  readonly runs: readonly ComparedRun[];
}

/** The layer figures by id. */
export const layerQuantity = (id: string): LayerQuantity | undefined =>
  layerQuantities.find((quantity) => quantity.id === id);

/** Layers of which something was measured, in forward order, of all runs. */
export function layersOf(runs: readonly ComparedRun[]): string[] {
  return [...new Set(runs.flatMap(({ statistics }) => statistics[0]?.layers.map(({ name }) => name) ?? []))];
}

const plain = (step: number, value: number): CurvePoint => ({ step, value, smoothed: value });

/** Over steps, which count from 1. */
function pointsByStep(
  { run, metrics, tests, statistics, curvature }: ComparedRun,
  figure: CompareFigure,
  smoothing: number,
): CurvePoint[] {
  switch (figure.kind) {
    case 'loss':
    case 'accuracy':
    case 'learningRate': {
      const { thinnedLoss } = run;
      if (thinnedLoss !== null) {
        if (figure.kind !== 'loss') return [];
        return thinnedLoss.steps.map((step, i) => plain(step, thinnedLoss.values[i] ?? Number.NaN));
      }
      const series = new ChartSeries(figure.kind === 'learningRate' ? 0 : smoothing, 1);
      for (const value of metrics.values(figure.kind)) series.append(value);
      return series.points();
    }
    case 'testLoss':
    case 'testAccuracy': {
      const full = tests.filter(({ extent }) => extent === 'full');
      return full.map((test) => plain(test.step, figure.kind === 'testLoss' ? test.loss : test.accuracy));
    }
    case 'curvature':
      return curvature.map(({ step, eigenvalue }) => plain(step, eigenvalue));
    case 'layer':
      return statistics.flatMap(({ step, layers }) => {
        const layer = layers.find(({ name }) => name === figure.layer);
        return layer === undefined ? [] : [plain(step + 1, figure.quantity.of(layer))];
      });
    default:
      return figure satisfies never;
  }
}

/** The line of a run; empty where nothing of the kind was recorded. smoothing: TensorBoard's weight, of values of every step. */
export function curveOf(
  compared: ComparedRun,
  figure: CompareFigure,
  axis: CompareAxis,
  smoothing: number,
): CurvePoint[] {
  const points = pointsByStep(compared, figure, smoothing);
  if (axis === 'step') return points;
  const perEpoch = stepsPerEpoch(compared.run.config);
  const seconds = compared.metrics.values('seconds');
  return points.map((point) => ({
    ...point,
    step: axis === 'epoch' ? point.step / perEpoch : (seconds[point.step - 1] ?? 0),
  }));
}

/** The last full test, which has counts by digit; undefined where there is none. */
export const lastFullTest = ({ tests }: ComparedRun): EvaluationPoint | undefined =>
  tests.findLast(({ extent }) => extent === 'full');

interface Sample {
  /** Steps done. */
  readonly step: number;
  /** One a run. */
  readonly values: readonly number[];
}

/** What all the runs have at the same steps. */
function samplesOf(runs: readonly ComparedRun[], figure: CompareFigure): Sample[] {
  const [first] = runs;
  if (first === undefined) return [];
  if (figure.kind === 'loss' || figure.kind === 'accuracy' || figure.kind === 'learningRate') {
    const { kind } = figure;
    const columns = runs.map(({ metrics }) => metrics.values(kind));
    const count = Math.min(...columns.map(({ length }) => length));
    return Array.from({ length: count }, (_, i) => ({
      step: i + 1,
      values: columns.map((column) => column[i] ?? Number.NaN),
    }));
  }
  const curves = runs.map(
    (run) => new Map(pointsByStep(run, figure, 0).map(({ step, value }) => [step, value])),
  );
  return [...(curves[0]?.keys() ?? [])]
    .filter((step) => curves.every((curve) => curve.has(step)))
    .map((step) => ({ step, values: curves.map((curve) => curve.get(step) ?? Number.NaN) }));
}

/** Of a line of means, whose every step is looked at. */
const mostMeans = 500;

/** The mean of runs with the same batches, and how far they spread; what is not finite in one of them is in the mean too. */
function meanCurve(
  runs: readonly ComparedRun[],
  figure: CompareFigure,
  axis: CompareAxis,
  smoothing: number,
): CurvePoint[] {
  const [first] = runs;
  if (first === undefined) return [];
  const perEpoch = stepsPerEpoch(first.run.config);
  const seconds = runs.map(({ metrics }) => metrics.values('seconds'));
  const place = (step: number): number => {
    if (axis === 'step') return step;
    if (axis === 'epoch') return step / perEpoch;
    return meanOf(seconds.map((column) => column[step - 1] ?? 0)) ?? 0;
  };
  const isSmoothed = figure.kind === 'loss' || figure.kind === 'accuracy';
  const [means, deviations] = [0, 1].map(() => new DebiasedAverage(isSmoothed ? smoothing : 0));
  const points = samplesOf(runs, figure).map(({ step, values }): CurvePoint => {
    const value = meanOf(values) ?? Number.NaN;
    const deviation = deviationOf(values) ?? Number.NaN;
    return {
      step: place(step),
      value,
      smoothed: means?.next(value) ?? value,
      deviation: deviations?.next(deviation) ?? deviation,
    };
  });
  return thinned(points, mostMeans);
}

/** The points of a line. */
export function lineCurve(
  { runs }: ComparedLine,
  figure: CompareFigure,
  axis: CompareAxis,
  smoothing: number,
): CurvePoint[] {
  const [first] = runs;
  if (first === undefined) return [];
  return runs.length === 1
    ? curveOf(first, figure, axis, smoothing)
    : meanCurve(runs, figure, axis, smoothing);
}
