/** Lines of several runs for one chart: any figure that is recorded, over steps, epochs or training time. Pure. */
import { layerQuantities, type LayerQuantity } from '@/model/layerQuantities';
import type { StepStatistics } from '@/model/layerStatistics';
import { stepsPerEpoch } from '@/model/runConfig';
import type { EvaluationPoint } from '@/model/testFigures';
import { ChartSeries } from '@/session/chartSeries';
import type { RecordedMetrics } from '@/storage/runs/recordedMetrics';
import type { RecordedRun } from '@/storage/runs/runSchema';

/** A run with what was recorded of it. */
export interface ComparedRun {
  readonly run: RecordedRun;
  readonly metrics: RecordedMetrics;
  readonly tests: readonly EvaluationPoint[];
  readonly statistics: readonly StepStatistics[];
}

export const compareAxes = ['step', 'epoch', 'seconds'] as const;
export type CompareAxis = (typeof compareAxes)[number];

export const metricFigures = ['loss', 'accuracy', 'learningRate', 'testLoss', 'testAccuracy'] as const;
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
  { run, metrics, tests, statistics }: ComparedRun,
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
