/**
 * How a layer runs here: forward, and a backward written out rather than left to tfjs's tape. That frees each activation
 * as soon as the backward pass has used it, and needs only kernels, which all backends have.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Mode } from '@/engine/mode';
import type { ParameterStore } from '@/engine/tfjs/parameterStore';

export interface ForwardContext {
  readonly mode: Mode;
  readonly seed: number;
  readonly step: number;
  readonly parameters: ParameterStore;
  /** BatchNorm's running statistics after this forward pass; committed by the caller, if it wants them. */
  readonly updatedBuffers: Map<string, Tensor>;
  /** Sees what enters each layer with weights, on steps that statistics are taken of. */
  readonly watchInput: ((layer: string, x: Tensor) => void) | null;
  /** Sees what each layer gives, which is freed afterwards. */
  readonly watchOutput?: (layer: string, y: Tensor) => void;
  /** Sees the gradient by what each layer gives. */
  readonly watchGradient?: (layer: string, dy: Tensor) => void;
}

/** Where backward puts the gradients of the parameters, by state_dict key, in the device's layout. */
export type Gradients = Map<string, Tensor>;

export interface Forward {
  readonly output: Tensor;
  /** Gradient with respect to the input, or null where the caller does not need it. */
  readonly backward: (dy: Tensor, gradients: Gradients) => Tensor | null;
}

/** A layer made ready for one network. Activations are [n, h, w, c] or [n, features]. */
export interface LayerOp {
  readonly forward: (x: Tensor, context: ForwardContext) => Forward;
}

export interface LayerOptions {
  /** False where nothing before this layer learns. */
  readonly needsInputGradient: boolean;
}
