/** How each kind of layer becomes kernel calls: one file a kind; a kind that is missing here fails the type check. */
import { lowerActivation } from '@/engine/wasm/layers/activation';
import { lowerAveragePool } from '@/engine/wasm/layers/averagePool';
import { lowerBatchNorm, lowerBatchNorm1d } from '@/engine/wasm/layers/batchNorm';
import { lowerConv } from '@/engine/wasm/layers/conv2d';
import { lowerDropout } from '@/engine/wasm/layers/dropout';
import { lowerGroupedConv } from '@/engine/wasm/layers/groupedConv2d';
import { lowerFlatten } from '@/engine/wasm/layers/flatten';
import { lowerGroupNorm } from '@/engine/wasm/layers/groupNorm';
import { lowerLinear } from '@/engine/wasm/layers/linear';
import { lowerMaxPool } from '@/engine/wasm/layers/maxPool2d';
import { lowerRelu } from '@/engine/wasm/layers/relu';
import { lowerResidual } from '@/engine/wasm/layers/residual';
import type { Lowered, Lowering, LowerSequence, Value } from '@/engine/wasm/lowering';
import type { LayerKind, LayerOf } from '@/model/layers';
import { adaptiveWindows } from '@/model/layers/adaptiveAvgPool2d';
import { isPlainConv } from '@/model/layers/conv2d';
import { avgPoolWindows } from '@/model/layers/avgPool2d';

interface LayerContext {
  /** A ReLU follows, and the layer's own kernel is to apply it. */
  readonly hasRelu: boolean;
  readonly lowerSequence: LowerSequence;
}

interface LayerLowering<Kind extends LayerKind> {
  readonly lower: (lowering: Lowering, layer: LayerOf<Kind>, x: Value, context: LayerContext) => Lowered;
  /** Its kernel can apply a ReLU that follows. */
  readonly takesRelu?: true;
}

export const layerLowerings: { readonly [Kind in LayerKind]: LayerLowering<Kind> } = {
  Conv2d: {
    takesRelu: true,
    lower: (lowering, layer, x, { hasRelu }) =>
      (isPlainConv(layer) ? lowerConv : lowerGroupedConv)(lowering, layer, x, hasRelu),
  },
  Linear: {
    takesRelu: true,
    lower: (lowering, layer, x, { hasRelu }) => lowerLinear(lowering, layer, x, hasRelu),
  },
  ReLU: { lower: lowerRelu },
  Tanh: { lower: lowerActivation },
  Sigmoid: { lower: lowerActivation },
  LeakyReLU: { lower: lowerActivation },
  GELU: { lower: lowerActivation },
  SiLU: { lower: lowerActivation },
  MaxPool2d: { lower: (lowering, layer, x) => lowerMaxPool(lowering, layer, x) },
  AdaptiveAvgPool2d: {
    lower: (lowering, layer, x) =>
      lowerAveragePool(lowering, layer.name, x, (size) => adaptiveWindows(layer, size)),
  },
  AvgPool2d: {
    lower: (lowering, layer, x) =>
      lowerAveragePool(lowering, layer.name, x, (size) => avgPoolWindows(layer, size)),
  },
  BatchNorm2d: {
    takesRelu: true,
    lower: (lowering, layer, x, { hasRelu }) => lowerBatchNorm(lowering, layer, x, hasRelu),
  },
  BatchNorm1d: {
    takesRelu: true,
    lower: (lowering, layer, x, { hasRelu }) => lowerBatchNorm1d(lowering, layer, x, hasRelu),
  },
  GroupNorm: {
    takesRelu: true,
    lower: (lowering, layer, x, { hasRelu }) => lowerGroupNorm(lowering, layer, x, hasRelu),
  },
  Dropout: { lower: lowerDropout },
  Dropout2d: { lower: lowerDropout },
  Flatten: { lower: (_, __, x) => lowerFlatten(x) },
  Residual: {
    lower: (lowering, layer, x, { lowerSequence }) => lowerResidual(lowering, layer, x, lowerSequence),
  },
};
