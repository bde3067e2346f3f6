/**
 * What is measured of each layer on some training steps, and shown in the plots and judged by the doctor. Engines take them
 * on their own side (engine/statistics.ts), so that only these few numbers are read back.
 */
import { definitionOf, flattenLayers, type LayerSpec } from '@/model/layers';
import type { WeightInit } from '@/model/initialisations';

/** Over the finite values of a tensor; all are 0 where it has none. */
export interface TensorStatistics {
  readonly mean: number;
  /** Of the values as a population: divided by their number. */
  readonly std: number;
  readonly maxAbs: number;
  /** Share of values that are exactly 0. */
  readonly zeroShare: number;
  /** Values that are NaN or infinite; the other figures leave them out. */
  readonly nonFinite: number;
}

/** One layer with weights: Conv2d or Linear. */
export interface LayerStatistics {
  /** Module name in the state_dict, such as `features.0`. */
  readonly name: string;
  /** Before the update. */
  readonly weight: TensorStatistics;
  /** Of the batch, before clipping. */
  readonly gradient: TensorStatistics;
  /** What enters this layer: after activation, pooling and dropout of the layers before it; the image for the first. */
  readonly input: TensorStatistics;
  /** Share of input channels (features, for a Linear) that are 0 everywhere in every image of the batch: dead ReLUs. */
  readonly deadShare: number;
  /** ||weight after - weight before|| / ||weight before||, Euclidean norms; NaN where either is not finite. */
  readonly updateRatio: number;
}

/** The running mean and variance of one BatchNorm after a step: tests use them, and training never reads them. */
export interface RunningStatistics {
  /** Module name in the state_dict. */
  readonly name: string;
  /** Values of both that are NaN or infinite. */
  readonly nonFinite: number;
}

export interface StepStatistics {
  /** The step that they describe; 0 is the first. */
  readonly step: number;
  /** In forward order. */
  readonly layers: readonly LayerStatistics[];
  /** In forward order. */
  readonly running: readonly RunningStatistics[];
}

/** The layers that have running statistics, in forward order. */
export function runningLayers(layers: readonly LayerSpec[]): LayerSpec[] {
  return flattenLayers(layers).filter((layer) =>
    definitionOf(layer)
      .state(layer)
      .some(({ suffix }) => suffix === 'running_mean'),
  );
}

/** Whether one of the step's values is NaN or infinite. */
export function isBroken({ layers, running }: StepStatistics): boolean {
  return (
    running.some(({ nonFinite }) => nonFinite > 0) ||
    layers.some(({ weight, input, gradient }) => weight.nonFinite + input.nonFinite + gradient.nonFinite > 0)
  );
}

/** How often they are taken: `auto` often at first and seldom later, a number for every so many steps, or never. */
export const statisticsIntervals = ['auto', 1, 10, 100, 'never'] as const;
export type StatisticsInterval = (typeof statisticsIntervals)[number];

/** A layer whose weights are drawn. */
export type WeightedLayer = Extract<LayerSpec, { readonly init: WeightInit }>;

/** The layers that have statistics, in forward order. */
export function weightedLayers(layers: readonly LayerSpec[]): WeightedLayer[] {
  return flattenLayers(layers).filter((layer) => 'init' in layer);
}
