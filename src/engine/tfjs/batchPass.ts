/** One batch through the network and back: what training and an inspection share. */
import * as tf from '@tensorflow/tfjs-core';
import type { ForwardContext, Gradients, LayerOp } from '@/engine/tfjs/layerOp';
import { batchLoss } from '@/engine/tfjs/losses';
import type { Mode } from '@/engine/mode';
import type { OptimizerState } from '@/engine/tfjs/optimizerState';
import type { ParameterStore } from '@/engine/tfjs/parameterStore';
import type { StepWatcher } from '@/engine/tfjs/tfjsStatistics';
import type { RunConfig } from '@/model/runConfig';

export interface TfjsRun {
  config: RunConfig;
  readonly network: LayerOp;
  readonly parameters: ParameterStore;
  readonly optimizer: OptimizerState;
  readonly evaluationBatch: number;
  step: number;
}

export function forwardContext(run: TfjsRun, mode: Mode, watcher: StepWatcher | null = null): ForwardContext {
  const { config, step, parameters } = run;
  const watchInput = watcher?.input ?? null;
  return { mode, seed: config.seed, step, parameters, updatedBuffers: new Map(), watchInput };
}

interface BatchPass {
  readonly loss: tf.Tensor;
  readonly accuracy: tf.Tensor;
  readonly logits: tf.Tensor;
  readonly gradients: Gradients;
  readonly buffers: ReadonlyMap<string, tf.Tensor>;
}

/** One batch in training mode. Call inside tidy: what is not kept is freed at its end. */
export function forwardAndBackward(
  run: TfjsRun,
  x: tf.Tensor,
  labels: Uint8Array,
  watcher: StepWatcher | null = null,
): BatchPass {
  const context = forwardContext(run, 'train', watcher);
  const { output: logits, backward } = run.network.forward(x, context);
  const { loss, accuracy, gradient } = batchLoss(run.config.loss, logits, labels);
  const gradients: Gradients = new Map();
  backward(gradient, gradients);
  return { loss, accuracy, logits, gradients, buffers: context.updatedBuffers };
}

export function tensorsOf({ loss, accuracy, logits, gradients, buffers }: BatchPass): tf.Tensor[] {
  return [loss, accuracy, logits, ...gradients.values(), ...buffers.values()];
}

/** The same outside tidy; the caller disposes tensorsOf(pass). */
export function keptPass(run: TfjsRun, input: () => tf.Tensor, labels: Uint8Array): BatchPass {
  tf.engine().startScope();
  try {
    const pass = forwardAndBackward(run, input(), labels);
    for (const tensor of tensorsOf(pass)) tf.keep(tensor);
    return pass;
  } finally {
    tf.engine().endScope();
  }
}
