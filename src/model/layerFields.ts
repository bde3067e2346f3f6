/** The parameters of each layer kind with their ranges: the editor's inputs, shape inference and the schema share them. */
import type { LayerKind, LayerSpec } from '@/model/layers';
import type { NumberRange } from '@/model/numberRange';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Generous for MNIST, and small enough that sizes stay exact integers and no link can ask for terabytes. */
export const layerLimits = {
  channels: { min: 1, max: 4096 },
  features: { min: 1, max: 1_048_576 },
  kernelSize: { min: 1, max: 64 },
  stride: { min: 1, max: 64 },
  padding: { min: 0, max: 32 },
  outputSize: { min: 1, max: 64 },
  eps: { min: 1e-12, max: 1 },
  momentum: { min: 0, max: 1 },
  // At p = 1 the survivors' factor 1 / (1 - p) is infinite.
  dropout: { min: 0, max: 0.99 },
  std: { min: 0, max: 10 },
} as const satisfies Record<string, Range>;

/** A network's total number of layers and depth of nesting. */
export const networkLimits = { layers: 256, depth: 4 } as const;

export interface LayerField extends NumberRange {
  readonly key: string;
  /** It must equal what the layer before gives, so the editor can fill it in. */
  readonly isDerived: boolean;
}

const integer = (key: string, range: Range, isDerived = false): LayerField => ({
  key,
  kind: 'integer',
  ...range,
  step: 1,
  scale: 'linear',
  isDerived,
});
const real = (key: string, range: Range, keys: Pick<NumberRange, 'step' | 'scale'>): LayerField => ({
  key,
  kind: 'number',
  ...range,
  ...keys,
  isDerived: false,
});
const dropout = real('p', layerLimits.dropout, { step: 0.05, scale: 'linear' });

const { channels, features, kernelSize, stride, padding } = layerLimits;
const windowFields = [
  integer('kernelSize', kernelSize),
  integer('stride', stride),
  integer('padding', padding),
];

/** Numeric parameters by kind, in PyTorch's order. `bias` and `init` of Conv2d and Linear are not numbers. */
export const layerFields: Readonly<Record<LayerKind, readonly LayerField[]>> = {
  Conv2d: [integer('inChannels', channels, true), integer('outChannels', channels), ...windowFields],
  Linear: [integer('inFeatures', features, true), integer('outFeatures', features)],
  BatchNorm2d: [
    integer('numFeatures', channels, true),
    real('eps', layerLimits.eps, { step: 10, scale: 'log' }),
    real('momentum', layerLimits.momentum, { step: 0.05, scale: 'linear' }),
  ],
  ReLU: [],
  MaxPool2d: windowFields,
  AdaptiveAvgPool2d: [integer('outputSize', layerLimits.outputSize)],
  Dropout: [dropout],
  Dropout2d: [dropout],
  Flatten: [],
  Residual: [],
};

export interface ParameterProblem extends Range {
  readonly field: string;
  readonly value: number;
  readonly isInteger: boolean;
}

/** The first parameter of a layer that is out of its range, or null. Layers inside a Residual are not looked at. */
export function parameterProblem(layer: LayerSpec): ParameterProblem | null {
  const values: Readonly<Record<string, unknown>> = { ...layer };
  for (const { key, kind, min, max } of layerFields[layer.kind]) {
    const value = Number(values[key]);
    const isInteger = kind === 'integer';
    if (!(value >= min && value <= max) || (isInteger && !Number.isInteger(value))) {
      return { field: key, value, min, max, isInteger };
    }
  }
  // PyTorch: "pad should be at most half of kernel size"; otherwise a window could lie in the padding alone.
  if (layer.kind === 'MaxPool2d' && layer.padding > layer.kernelSize / 2) {
    return {
      field: 'padding',
      value: layer.padding,
      min: 0,
      max: Math.floor(layer.kernelSize / 2),
      isInteger: true,
    };
  }
  return null;
}
