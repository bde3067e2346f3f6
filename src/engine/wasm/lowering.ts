/** What the lowering of every layer works with: the program under construction and values that flow through the network. */
import type { KeptOutputs } from '@/engine/activations';
import type { Mode } from '@/engine/mode';
import { fewImages } from '@/engine/wasm/operations';
import type { Program, WasmBuffer } from '@/engine/wasm/program';
import type { RunMemory } from '@/engine/wasm/runMemory';
import type { LayerSpec } from '@/model/layers';

export interface Lowering {
  readonly mode: Mode;
  readonly program: Program;
  readonly memory: RunMemory;
  /** Images of the batch, and blocks of eight that hold them. */
  readonly images: number;
  readonly blocks: number;
  readonly threads: number;
  /** Most output channels of a weight panel. */
  readonly maxPanel: number;
  /**
   * The optimizer divides a gradient by its own size (Adam, RMSprop), so that what is exactly 0 must not become a rounding: where
   * tiles make one of it, it is set to 0 again (assembly/support.ts).
   */
  readonly dividesByGradient: boolean;
  /** Number of each dropout layer in the random streams. */
  readonly dropoutOrdinals: ReadonlyMap<string, number>;
  /** A gradient is complete; `gradient` has the parameter's layout. */
  readonly onGradient: (key: string, gradient: WasmBuffer) => void;
  /** Outputs of layers that are read after the program; none in training. */
  readonly kept: KeptOutputs<Value>;
  /** Gradients by the same outputs, where there is a way back. */
  readonly keptGradients: KeptOutputs<WasmBuffer>;
}

/** An activation [blocks][height][width][channels][8]. */
export interface Value {
  readonly buffer: WasmBuffer;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Zeros stored around the image; only the network's input has them. */
  readonly border: number;
  /** Seen as a vector since a Flatten; the order in memory stays [H][W][C]. */
  readonly isFlat: boolean;
  /** Nobody else reads it later, so an elementwise layer may work in place. */
  readonly isOwned: boolean;
  /** The backward pass of a ReLU reads its sign, so a sum may not be written over it. */
  readonly isSignRead: boolean;
  /** A parameter lies before it, so its gradient is needed. */
  readonly needsGradient: boolean;
}

export interface Gradient {
  readonly buffer: WasmBuffer;
  readonly isOwned: boolean;
}

export interface Lowered {
  readonly output: Value;
  /** Emits the backward pass for the gradient of the output; gives the input's, or null where none is needed. */
  readonly backward: (dy: Gradient) => Gradient | null;
}

/** Lowers a list of layers, for those that hold others. */
export type LowerSequence = (lowering: Lowering, layers: readonly LayerSpec[], x: Value) => Lowered;

/** Floats of an activation, all blocks. */
export function valueCount(lowering: Lowering, value: Pick<Value, 'channels' | 'height' | 'width'>): number {
  return lowering.blocks * value.height * value.width * value.channels * 8;
}

/** Whether kernels take the images one by one: see fewImages. */
export function hasFewImages({ images, program }: Lowering): boolean {
  return images <= fewImages && program.precision === 'float32';
}

/** A new activation of this program. */
export function newBuffer(lowering: Lowering, name: string, count: number): WasmBuffer {
  return lowering.program.buffer(name, count * 4);
}

/** Where an elementwise result goes: over the input, or into a buffer of its own where others still read the input. */
export function resultBuffer(
  lowering: Lowering,
  name: string,
  from: Pick<Gradient, 'buffer' | 'isOwned'>,
  count: number,
): WasmBuffer {
  return from.isOwned ? from.buffer : newBuffer(lowering, name, count);
}

/** Panels that `channels` are split into. */
export function panelCount(lowering: Lowering, channels: number): number {
  return Math.ceil(channels / lowering.maxPanel);
}

/** Notes a layer's output where it is to be read afterwards; gives what the next layer reads. */
export function keepOutput({ kept }: Lowering, name: string, value: Value): Value {
  if (!kept.has(name)) return value;
  kept.add(name, value);
  return { ...value, isOwned: false };
}

/** Notes the gradient by a layer's output where that is to be read afterwards; gives what the layer's backward pass may have. */
export function keepGradient({ keptGradients }: Lowering, name: string, gradient: Gradient): Gradient {
  if (!keptGradients.has(name)) return gradient;
  keptGradients.add(name, gradient.buffer);
  return { ...gradient, isOwned: false };
}
