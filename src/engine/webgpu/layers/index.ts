/** How each kind of layer becomes dispatches: one file a kind; a kind that is missing here fails the type check. */
import type { Fusion } from '@/engine/compiling/fusion';
import { lowerActivation } from '@/engine/webgpu/layers/activation';
import { lowerAveragePool } from '@/engine/webgpu/layers/averagePool';
import { lowerBatchNorm, lowerBatchNorm1d } from '@/engine/webgpu/layers/batchNorm';
import { lowerConv } from '@/engine/webgpu/layers/conv2d';
import { lowerDropout } from '@/engine/webgpu/layers/dropout';
import { lowerGroupedConv } from '@/engine/webgpu/layers/groupedConv2d';
import { lowerFlatten } from '@/engine/webgpu/layers/flatten';
import { lowerGroupNorm } from '@/engine/webgpu/layers/groupNorm';
import { lowerLinear } from '@/engine/webgpu/layers/linear';
import { lowerMaxPool } from '@/engine/webgpu/layers/maxPool2d';
import { lowerRelu } from '@/engine/webgpu/layers/relu';
import { lowerResidual } from '@/engine/webgpu/layers/residual';
import type { Lowered, Lowering, LowerSequence, Value } from '@/engine/webgpu/lowering';
import type { LayerKind, LayerOf } from '@/model/layers';
import { adaptiveWindows } from '@/model/layers/adaptiveAvgPool2d';
import { isPlainConv } from '@/model/layers/conv2d';
import { avgPoolWindows } from '@/model/layers/avgPool2d';

interface LayerContext {
  /** What follows the layer and is done in its kernel. */
  readonly epilogue: Fusion;
  readonly lowerSequence: LowerSequence;
}

interface LayerLowering<Kind extends LayerKind> {
  readonly lower: (lowering: Lowering, layer: LayerOf<Kind>, x: Value, context: LayerContext) => Lowered;
  /** It heeds the epilogue. */
  readonly takesEpilogue?: true;
}

export const layerLowerings: { readonly [Kind in LayerKind]: LayerLowering<Kind> } = {
  Conv2d: {
    takesEpilogue: true,
    lower: (lowering, layer, x, { epilogue }) =>
      (isPlainConv(layer) ? lowerConv : lowerGroupedConv)(lowering, layer, x, epilogue),
  },
  Linear: {
    takesEpilogue: true,
    lower: (lowering, layer, x, { epilogue }) => lowerLinear(lowering, layer, x, epilogue),
  },
  ReLU: { lower: lowerRelu },
  Tanh: { lower: lowerActivation },
  Sigmoid: { lower: lowerActivation },
  LeakyReLU: { lower: lowerActivation },
  GELU: { lower: lowerActivation },
  SiLU: { lower: lowerActivation },
  MaxPool2d: {
    takesEpilogue: true,
    lower: (lowering, layer, x, { epilogue }) => lowerMaxPool(lowering, layer, x, epilogue.relu),
  },
  AdaptiveAvgPool2d: {
    lower: (lowering, layer, x) =>
      lowerAveragePool(lowering, layer.name, x, (size) => adaptiveWindows(layer, size)),
  },
  AvgPool2d: {
    lower: (lowering, layer, x) =>
      lowerAveragePool(lowering, layer.name, x, (size) => avgPoolWindows(layer, size)),
  },
  BatchNorm2d: {
    takesEpilogue: true,
    lower: (lowering, layer, x, { epilogue }) => lowerBatchNorm(lowering, layer, x, epilogue.relu),
  },
  BatchNorm1d: {
    takesEpilogue: true,
    lower: (lowering, layer, x, { epilogue }) => lowerBatchNorm1d(lowering, layer, x, epilogue.relu),
  },
  GroupNorm: {
    takesEpilogue: true,
    lower: (lowering, layer, x, { epilogue }) => lowerGroupNorm(lowering, layer, x, epilogue.relu),
  },
  Dropout: { lower: lowerDropout },
  Dropout2d: { lower: lowerDropout },
  Flatten: { lower: (_, __, x) => lowerFlatten(x) },
  Residual: {
    takesEpilogue: true,
    lower: (lowering, layer, x, { epilogue, lowerSequence }) =>
      lowerResidual(lowering, layer, x, epilogue.relu, lowerSequence),
  },
};
