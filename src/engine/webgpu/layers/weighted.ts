/** What Conv2d and Linear have in common: weights, biases and their gradients, and what their kernels do for other layers. */
import { isTraining } from '@/engine/mode';
import type { Fusion } from '@/engine/compiling/fusion';
import type { KernelSequence } from '@/engine/webgpu/kernels/convShape';
import {
  dispatchSequence,
  dispatchWith,
  type Gate,
  type Lowering,
  type Value,
} from '@/engine/webgpu/lowering';
import type { Tensor } from '@/engine/webgpu/program';
import { pieceTensor, type Piece, type StoredTensor } from '@/engine/webgpu/runMemory';
import { channelsOfGroup } from '@/model/layers/conv2d';
import type { Conv2d, Dropout, Dropout2d, Linear } from '@/model/layers';

const dropScale = (p: number): number => (p < 1 ? 1 / (1 - p) : 0);

export function gateOf({ relu, dropout }: Fusion): Gate | null {
  return relu ? { p: dropout?.p ?? 0 } : null;
}

/** The one piece of a tensor that is never split. */
export function onlyPiece({ key, pieces }: StoredTensor): Piece {
  const [piece] = pieces;
  if (piece === undefined || pieces.length > 1)
    throw new RangeError(`${key} is split, which its kernels do not do.`);
  return piece;
}

/** The weights of a layer whose input is `x`. */
export function weightOf({ memory }: Lowering, layer: Conv2d | Linear, x: Value): StoredTensor {
  const key = `${layer.name}.weight`;
  if (layer.kind === 'Conv2d') {
    const { outChannels, kernelSize } = layer;
    const inChannels = channelsOfGroup(layer);
    const layout = { kind: 'conv', outChannels, inChannels, kernelSize, panels: 1 } as const;
    return memory.parameter(key, kernelSize ** 2 * inChannels, outChannels, layout);
  }
  const { inFeatures, outFeatures } = layer;
  const pixels = x.height * x.width;
  const layout = { kind: 'linear', outFeatures, channels: x.channels, pixels, panels: 1 } as const;
  return memory.parameter(key, inFeatures, outFeatures, layout);
}

/** Null where the layer has none. */
export function biasOf(lowering: Lowering, layer: Conv2d | Linear, outputs: number): Piece | null {
  if (!layer.bias) return null;
  return onlyPiece(lowering.memory.parameter(`${layer.name}.bias`, 1, outputs, { kind: 'plain' }));
}

/** Where the gradient of a parameter's piece lies. */
function gradientOf(lowering: Lowering, name: string, piece: Piece): Tensor {
  return pieceTensor(`${name} gradient`, piece, lowering.memory.slot('gradient', piece.bank));
}

interface WeightGradient {
  readonly name: string;
  readonly weight: Piece;
  readonly bias: Piece | null;
  readonly operands: Readonly<Record<string, Tensor>>;
}

/** The gradient of a weight and its bias, complete or as sums that the optimizer adds up. */
export function emitWeightGradient(
  lowering: Lowering,
  make: (params: { readonly partialsOffset?: number }) => KernelSequence,
  { name, weight, bias, operands }: WeightGradient,
): void {
  if (!isTraining(lowering.mode)) return;
  const left = lowering.partials === null ? null : make({ partialsOffset: 0 });
  const partials = left === null ? null : (lowering.partials?.take(left, weight, bias) ?? null);
  if (left !== null && partials !== null) {
    for (const kernel of left.kernels) dispatchWith(lowering.program, kernel, { ...operands, partials });
    return;
  }
  dispatchSequence(lowering, make({}), {
    ...operands,
    dw: gradientOf(lowering, `${name}.weight`, weight),
    ...optional('db', bias && gradientOf(lowering, `${name}.bias`, bias)),
  });
}

/** An operand that a kernel may do without. */
export function optional(name: string, tensor: Tensor | null): Readonly<Record<string, Tensor>> {
  return tensor === null ? {} : { [name]: tensor };
}

export function maskOf(
  lowering: Lowering,
  layer: Dropout | Dropout2d | null,
  value: Omit<Value, 'tensor'>,
): Tensor | null {
  if (layer === null) return null;
  return lowering.masks.add({
    batch: lowering.images,
    height: value.height,
    width: value.width,
    channels: value.channels,
    p: layer.p,
    layer: lowering.dropoutOrdinals.get(layer.name) ?? 0,
    perChannel: layer.kind === 'Dropout2d',
  });
}

/** What an input gradient's kernel does for the gate of the layer before, and for the other branch of a Residual. */
export function inputGate(x: Value, accumulates: boolean) {
  return {
    ...(accumulates ? { accumulate: true } : {}),
    ...(x.gate === null ? {} : { reluMask: true }),
    ...(x.gate === null || x.gate.p === 0 ? {} : { scale: dropScale(x.gate.p) }),
  };
}
