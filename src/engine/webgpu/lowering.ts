/** What the lowering of every layer works with: the program under construction and values that flow through the network. */
import type { KeptOutputs } from '@/engine/activations';
import type { Mode } from '@/engine/mode';
import type { Kernel } from '@/engine/webgpu/kernel';
import type { KernelSequence, KernelTarget } from '@/engine/webgpu/kernels/convShape';
import type { PlacedMask } from '@/engine/webgpu/kernels/dropout';
import { add, addInPlace, reluBackward, reluBackwardInPlace } from '@/engine/webgpu/kernels/elementwise';
import { dropoutReluBackward } from '@/engine/webgpu/kernels/dropout';
import type { PartialGradients } from '@/engine/webgpu/partialGradients';
import type { Program, Tensor } from '@/engine/webgpu/program';
import type { Piece, RunMemory, StoredTensor } from '@/engine/webgpu/runMemory';
import type { LayerSpec } from '@/model/layers';

export interface Lowering {
  readonly mode: Mode;
  readonly program: Program;
  readonly memory: RunMemory;
  readonly target: KernelTarget;
  readonly images: number;
  /** Number of each dropout layer in the random streams. */
  readonly dropoutOrdinals: ReadonlyMap<string, number>;
  /** Binding `clock` of every kernel that draws random numbers. */
  readonly clock: Tensor;
  readonly masks: MaskStore;
  /** Where a running statistic is read and, in training, moved. */
  readonly statistic: (piece: Piece) => Tensor;
  /** Where weight gradients leave their sums for the optimizer; null where somebody needs them before. */
  readonly partials: PartialGradients | null;
  /** Hears of each layer with weights, once its forward pass is there. */
  readonly onWeighted: (name: string, x: Value, weight: StoredTensor) => void;
  /** Outputs of layers that are read after the program; none in training. */
  readonly kept: KeptOutputs<Value>;
  /** Gradients by the same outputs, where there is a way back. */
  readonly keptGradients: KeptOutputs<Tensor>;
}

/** Dropout factors that fused kernels multiply by; the input's dispatch, at the head of the step, fills them all. */
export interface MaskStore {
  readonly add: (mask: Omit<PlacedMask, 'offset'>) => Tensor;
}

/**
 * What a gradient of a value has yet to pass on its way back: a fused ReLU, and perhaps a dropout. The value's own zeros
 * tell where. Kernels that read the value anyway do it on the way.
 */
export interface Gate {
  /** Of the dropout; 0 for none. */
  readonly p: number;
}

/** An activation [N][height][width][channels]. */
export interface Value {
  readonly tensor: Tensor;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Seen as a vector since a Flatten; the order in memory stays [H][W][C]. */
  readonly isFlat: boolean;
  /** A parameter lies before it. */
  readonly needsGradient: boolean;
  readonly gate: Gate | null;
}

export interface Gradient {
  readonly tensor: Tensor;
  /** Nobody else reads it later. */
  readonly isOwned: boolean;
  /** Has passed the value's gate. */
  readonly isGated: boolean;
  /** Holds the other branch's gradient, too, that backward was given. */
  readonly isSummed?: boolean;
}

export interface Lowered {
  readonly output: Value;
  /**
   * Emits the backward pass for the gradient of the output; gives the input's, or null where none is needed. A layer that can
   * adds it to `sum` in place, where that is owned, and says so.
   */
  readonly backward: (dy: Gradient, sum?: Gradient) => Gradient | null;
}

/** Lowers a list of layers, for those that hold others. */
export type LowerSequence = (lowering: Lowering, layers: readonly LayerSpec[], x: Value) => Lowered;

export function valueCount(lowering: Lowering, value: Pick<Value, 'channels' | 'height' | 'width'>): number {
  return lowering.images * value.height * value.width * value.channels;
}

export function imageShape(lowering: Lowering, { height, width, channels }: Value) {
  return { batch: lowering.images, height, width, channels };
}

/** Dispatches the kernels in order with a scratch buffer of their own. */
export function dispatchSequence(
  { program }: Lowering,
  { kernels, partialsLength }: KernelSequence,
  operands: Readonly<Record<string, Tensor>>,
): void {
  const partials = program.tensor('partial sums', partialsLength);
  for (const kernel of kernels) dispatchWith(program, kernel, { ...operands, partials });
}

/** Dispatches a kernel with those of the operands that it binds. */
export function dispatchWith(
  program: Program,
  kernel: Kernel,
  operands: Readonly<Record<string, Tensor>>,
): void {
  const bound = kernel.bindings.flatMap(({ name }) => {
    const tensor = operands[name];
    return tensor === undefined ? [] : [[name, tensor] as const];
  });
  program.dispatch(kernel, Object.fromEntries(bound));
}

/** The gradient behind the value's gate: where it has not passed it yet, by a dispatch of its own. */
export function gated(lowering: Lowering, value: Value, gradient: Gradient): Gradient {
  const { gate } = value;
  if (gate === null || gradient.isGated) return gradient;
  const { program } = lowering;
  const count = valueCount(lowering, value);
  const { tensor: dy, isOwned } = gradient;
  const y = value.tensor;
  if (gate.p === 0 && isOwned) {
    program.dispatch(reluBackwardInPlace({ count }), { y, dy });
    return { ...gradient, isGated: true };
  }
  const dx = program.tensor(`${y.name} gradient behind ReLU`, count);
  const kernel =
    gate.p === 0
      ? reluBackward({ count })
      : dropoutReluBackward({ ...imageShape(lowering, value), p: gate.p, layer: 0, perChannel: false });
  program.dispatch(kernel, { dy, y, dx });
  return { tensor: dx, isOwned: true, isGated: true };
}

/** The sum of both, where the layer that gave `gradient` has not added `other` already. */
export function summed(
  { program }: Lowering,
  count: number,
  gradient: Gradient,
  other: Gradient,
): Pick<Gradient, 'tensor' | 'isOwned'> {
  if (gradient.isSummed === true) return gradient;
  if (gradient.tensor !== other.tensor) {
    const [target, added] = gradient.isOwned ? [gradient, other] : [other, gradient];
    if (target.isOwned) {
      program.dispatch(addInPlace({ count }), { a: added.tensor, y: target.tensor });
      return target;
    }
  }
  const y = program.tensor('sum of gradients', count);
  program.dispatch(add({ count }), { a: gradient.tensor, b: other.tensor, y });
  return { tensor: y, isOwned: true };
}

/** Whether a kernel may add its result to `sum` in place. */
export function mayAccumulate(sum: Gradient | undefined, dy: Tensor): sum is Gradient {
  return sum !== undefined && sum.isOwned && sum.tensor !== dy;
}

/**
 * Notes the gradient by a layer's output where that is to be read afterwards, and has passed no gate therefore; gives what the layer's
 * backward pass may have.
 */
export function keepGradient({ keptGradients }: Lowering, name: string, gradient: Gradient): Gradient {
  if (!keptGradients.has(name)) return gradient;
  keptGradients.add(name, gradient.tensor);
  return { ...gradient, isOwned: false, isGated: false };
}
