/** What the conv lab is about, as plain data: the document (what a link carries) and what is only on screen. */
import { convOperators, type ConvSettings } from '@/conv/geometry';
import type { WeightIndex } from '@/conv/gradient';
import { inputPresetValues, kernelPresets } from '@/conv/presets';
import type { PoolSettings } from '@/conv/stages';

export const labStages = ['conv', 'relu', 'pool', 'avgPool', 'pointwise', 'gradient'] as const;
export type LabStage = (typeof labStages)[number];

/** dL/dy for the weight gradient: L = sum(y) gives ones, L = sum(y * y) / 2 gives y itself. */
export const outputGradients = ['ones', 'output'] as const;
export type OutputGradient = (typeof outputGradients)[number];

export interface LabTensor {
  readonly shape: readonly [number, number, number, number];
  /** Always float32 values, so that PyTorch, tfjs and a link see the same numbers. */
  readonly data: readonly number[];
}

export interface LabDocument {
  /** [1, channels, height, width] */
  readonly input: LabTensor;
  /** [filters, channels of a group, kernel height, kernel width] */
  readonly kernel: LabTensor;
  readonly bias: readonly number[];
  readonly settings: ConvSettings;
  /** Of both poolings. */
  readonly pool: PoolSettings;
  /** Weights of the 1 x 1 convolution of what this one gives: [its own filters, filters, 1, 1]. */
  readonly pointwise: LabTensor;
  readonly stage: LabStage;
  /** Operations done in each stage. */
  readonly steps: Readonly<Record<LabStage, number>>;
  /** Whose gradient is shown. */
  readonly weight: WeightIndex;
  readonly outputGradient: OutputGradient;
}

/** A filter of the network that the lab follows while it trains. */
export interface NetworkSource {
  readonly layer: string;
  readonly filter: number;
  /** Training step of the weights shown. */
  readonly step: number;
  /** Channels of the layer's input. */
  readonly channels: number;
  /** 28 x 28 bytes; null: the drawing, or where nothing is drawn the first test digit. */
  readonly image: Uint8Array<ArrayBuffer> | null;
}

/** Steps a second; null is instant. */
export const speeds = [0.5, 1, 2, 4, 8, 16, 32, 64, 250, null] as const;

export interface LabState {
  readonly document: LabDocument;
  readonly playing: boolean;
  /** Index in `speeds`. */
  readonly speed: number;
  readonly loop: boolean;
  /** Counts documents that came whole, from a link or as the report's example: fields drop what was typed before. */
  readonly restored: number;
  /** Value that painting sets. */
  readonly brush: number;
  /** Filter chosen to be shown and edited; null follows the steps. */
  readonly filter: number | null;
  readonly network: NetworkSource | null;
  /** Cell under the pointer or the keyboard's cursor, whose relations are shown. */
  readonly linked: LinkedCell | null;
}

export type LinkedCell =
  | { readonly kind: 'plane'; readonly channel: number; readonly row: number; readonly column: number }
  | { readonly kind: 'output'; readonly filter: number; readonly row: number; readonly column: number };

export const limits = {
  size: { min: 3, max: 28 },
  kernel: { min: 1, max: 7 },
  channels: { min: 1, max: 3 },
  filters: { min: 1, max: 4 },
  stride: { min: 1, max: 5 },
  padding: { min: 0, max: 6 },
  dilation: { min: 1, max: 4 },
  groups: { min: 1, max: 4 },
  pool: { min: 2, max: 4 },
  poolPadding: { min: 0, max: 2 },
  value: 1e6,
} as const;

export { convOperators };

/** Operations done in each stage. */
export function stepsOf(steps: (stage: LabStage) => number): LabDocument['steps'] {
  return {
    conv: steps('conv'),
    relu: steps('relu'),
    pool: steps('pool'),
    avgPool: steps('avgPool'),
    pointwise: steps('pointwise'),
    gradient: steps('gradient'),
  };
}

/** Channels of a kernel, also where the groups do not divide those of the input: then nothing is computed. */
export function kernelChannels(channels: number, groups: number): number {
  return Math.max(1, Math.floor(channels / groups));
}

/** The report's example: ones, 4 x 4, under a kernel of ones, 2 x 2; its output is 3 x 3 fours. */
export function reportDocument(): LabDocument {
  return {
    input: { shape: [1, 1, 4, 4], data: inputPresetValues('ones', 4, 4) },
    kernel: { shape: [1, 1, 2, 2], data: kernelPresets.ones.flat() },
    bias: [0],
    settings: { operator: 'cross_correlation', stride: 1, padding: 0, dilation: 1, groups: 1 },
    pool: { kernelSize: 2, stride: 2, padding: 0, countIncludePad: true },
    pointwise: { shape: [1, 1, 1, 1], data: [1] },
    stage: 'conv',
    steps: stepsOf(() => 0),
    weight: { f: 0, c: 0, i: 0, j: 0 },
    outputGradient: 'ones',
  };
}
