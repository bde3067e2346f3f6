/** How each kind of layer runs: one file a kind; a kind that is missing here fails the type check. */
import { activationOp } from '@/engine/tfjs/layers/activation';
import { averagePoolOp } from '@/engine/tfjs/layers/averagePool';
import { batchNormOp } from '@/engine/tfjs/layers/batchNorm';
import { convolutionOp } from '@/engine/tfjs/layers/conv2d';
import { dropoutOp } from '@/engine/tfjs/layers/dropout';
import { flattenOp } from '@/engine/tfjs/layers/flatten';
import { groupNormOp } from '@/engine/tfjs/layers/groupNorm';
import { linearOp } from '@/engine/tfjs/layers/linear';
import { maxPoolOp } from '@/engine/tfjs/layers/maxPool2d';
import { reluOp } from '@/engine/tfjs/layers/relu';
import { residualOp } from '@/engine/tfjs/layers/residual';
import type { LayerOp, LayerOptions } from '@/engine/tfjs/layerOp';
import type { LayerKind, LayerOf, LayerSpec } from '@/model/layers';
import { adaptiveWindows } from '@/model/layers/adaptiveAvgPool2d';
import { avgPoolWindows } from '@/model/layers/avgPool2d';

interface LayerContext extends LayerOptions {
  /** Of a dropout layer: its number in the random streams. */
  readonly ordinal: number;
  /** The op of a list inside this layer. */
  readonly sequence: (layers: readonly LayerSpec[]) => LayerOp;
}

export const layerOps: {
  readonly [Kind in LayerKind]: (layer: LayerOf<Kind>, context: LayerContext) => LayerOp;
} = {
  Conv2d: convolutionOp,
  Linear: linearOp,
  ReLU: () => reluOp,
  Tanh: activationOp,
  Sigmoid: activationOp,
  LeakyReLU: activationOp,
  GELU: activationOp,
  SiLU: activationOp,
  MaxPool2d: maxPoolOp,
  AdaptiveAvgPool2d: (layer) => averagePoolOp((size) => adaptiveWindows(layer, size)),
  AvgPool2d: (layer) => averagePoolOp((size) => avgPoolWindows(layer, size)),
  BatchNorm2d: batchNormOp,
  BatchNorm1d: batchNormOp,
  GroupNorm: groupNormOp,
  Dropout: (layer, { ordinal }) => dropoutOp(layer, ordinal),
  Dropout2d: (layer, { ordinal }) => dropoutOp(layer, ordinal),
  Flatten: () => flattenOp,
  Residual: ({ body, shortcut }, { sequence }) => residualOp(sequence(body), sequence(shortcut)),
};
