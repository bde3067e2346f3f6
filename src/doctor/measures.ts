/** What several rules measure. */
import type { EvaluationRecord, RunRecord } from '@/doctor/runRecord';
import { channelsOfGroup } from '@/model/layers/conv2d';
import { weightedLayers, type LayerStatistics, type StepStatistics } from '@/model/layerStatistics';
import { losses } from '@/model/losses';
import type { RunConfig } from '@/model/runConfig';

/** Cross entropy of ten equal probabilities: where a fresh network starts. */
export const chanceLoss = Math.log(10);

/** Mean of series[from .. to); NaN where that is empty. */
export function mean(series: ArrayLike<number>, from = 0, to = series.length): number {
  const first = Math.max(0, from);
  const end = Math.min(to, series.length);
  let sum = 0;
  for (let i = first; i < end; i += 1) sum += series[i] ?? NaN;
  return end > first ? sum / (end - first) : NaN;
}

/** Standard deviation of series[from .. to). */
export function deviation(series: ArrayLike<number>, from: number, to: number): number {
  const centre = mean(series, from, to);
  const squares = Array.from({ length: to - from }, (_, i) => ((series[from + i] ?? NaN) - centre) ** 2);
  return Math.sqrt(mean(squares));
}

export function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** The first index whose value fulfils the condition, or -1. */
export function firstIndex(series: ArrayLike<number>, condition: (value: number) => boolean): number {
  for (let i = 0; i < series.length; i += 1) if (condition(series[i] ?? NaN)) return i;
  return -1;
}

/** Losses that are -log p of the right class: they start at ln 10, and 0 is their end. */
export function isLogLoss({ loss }: RunConfig): boolean {
  return losses[loss.kind].isLogLoss;
}

/** Number of weights of each layer that has statistics. */
function weightCounts({ network }: RunConfig): ReadonlyMap<string, number> {
  return new Map(
    weightedLayers(network.layers).map((layer) => [
      layer.name,
      layer.kind === 'Conv2d'
        ? channelsOfGroup(layer) * layer.outChannels * layer.kernelSize ** 2
        : layer.inFeatures * layer.outFeatures,
    ]),
  );
}

/** Root mean square of the finite values. */
export function gradientSize({ gradient }: LayerStatistics): number {
  return Math.hypot(gradient.mean, gradient.std);
}

/** Euclidean norm of the gradient of each layer's weight, by name, in forward order. */
export function gradientNorms(config: RunConfig, { layers }: StepStatistics): ReadonlyMap<string, number> {
  const counts = weightCounts(config);
  return new Map(
    layers.map((layer) => [layer.name, gradientSize(layer) * Math.sqrt(counts.get(layer.name) ?? 0)]),
  );
}

/** Of all weights together. */
export function totalGradientNorm(config: RunConfig, step: StepStatistics): number {
  return Math.hypot(...gradientNorms(config, step).values());
}

/** The change of a typical layer in a step, in parts of its weights: about 0.001 where training goes well. */
export function typicalUpdate({ layers }: StepStatistics): number {
  return median(layers.map(({ updateRatio }) => updateRatio));
}

/** Of the layer that moves most. */
export function largestUpdate({ layers }: StepStatistics): number {
  return Math.max(...layers.map(({ updateRatio }) => updateRatio));
}

export function fullTests({ evaluations }: RunRecord): EvaluationRecord[] {
  return evaluations.filter(({ extent }) => extent === 'full');
}
