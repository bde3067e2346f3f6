/** A NetworkSpec as ops that run: one op a layer, chained forward and backward. */
import * as tf from '@tensorflow/tfjs-core';
import { batchNormOp } from '@/engine/tfjs/batchNorm';
import { convolutionOp, linearOp } from '@/engine/tfjs/convolution';
import { dropoutOp, flattenOp, reluOp } from '@/engine/tfjs/elementwise';
import type { Forward, Gradients, LayerOp, LayerOptions } from '@/engine/tfjs/layerOp';
import { adaptiveAvgPoolOp, maxPoolOp } from '@/engine/tfjs/pooling';
import { assertNever, flattenLayers, type LayerSpec, type NetworkSpec, type Residual } from '@/model/layers';

/** Position of each dropout layer in forward order, its number in the random streams. */
function dropoutOrdinals(network: NetworkSpec): ReadonlyMap<string, number> {
  const names = flattenLayers(network.layers)
    .filter((layer) => layer.kind === 'Dropout' || layer.kind === 'Dropout2d')
    .map((layer) => layer.name);
  return new Map(names.map((name, ordinal) => [name, ordinal]));
}

const learns = (layer: LayerSpec): boolean =>
  flattenLayers([layer]).some(({ kind }) => kind === 'Conv2d' || kind === 'Linear' || kind === 'BatchNorm2d');

type Ordinals = ReadonlyMap<string, number>;

function layerOp(layer: LayerSpec, options: LayerOptions, ordinals: Ordinals): LayerOp {
  switch (layer.kind) {
    case 'Conv2d':
      return convolutionOp(layer, options);
    case 'Linear':
      return linearOp(layer, options);
    case 'BatchNorm2d':
      return batchNormOp(layer, options);
    case 'ReLU':
      return reluOp;
    case 'MaxPool2d':
      return maxPoolOp(layer);
    case 'AdaptiveAvgPool2d':
      return adaptiveAvgPoolOp(layer);
    case 'Dropout':
    case 'Dropout2d':
      return dropoutOp(layer, ordinals.get(layer.name) ?? 0);
    case 'Flatten':
      return flattenOp;
    case 'Residual':
      return residualOp(layer, options, ordinals);
    default:
      return assertNever(layer);
  }
}

function residualOp(layer: Residual, options: LayerOptions, ordinals: Ordinals): LayerOp {
  const body = sequenceOp(layer.body, options, ordinals);
  const shortcut = sequenceOp(layer.shortcut, options, ordinals);
  return {
    forward: (x, context) => {
      const left = body.forward(x, context);
      const right = shortcut.forward(x, context);
      return {
        output: tf.add(left.output, right.output),
        backward: (dy, gradients) => {
          const dLeft = left.backward(dy, gradients);
          const dRight = right.backward(dy, gradients);
          left.output.dispose();
          right.output.dispose();
          return dLeft === null || dRight === null ? null : tf.add(dLeft, dRight);
        },
      };
    },
  };
}

/** One layer backward, keeping nothing but its results. */
function backwardTidily(step: Forward, dy: tf.Tensor, gradients: Gradients): tf.Tensor | null {
  const own: Gradients = new Map();
  const kept = tf.tidy(() => {
    const dx = step.backward(dy, own);
    return [...(dx === null ? [] : [dx]), ...own.values()];
  });
  for (const [key, gradient] of own) gradients.set(key, gradient);
  return kept.length > own.size ? (kept[0] ?? null) : null;
}

/** Layers one after the other. Each sequence frees the activations between its layers; its output belongs to the caller. */
function sequenceOp(layers: readonly LayerSpec[], options: LayerOptions, ordinals: Ordinals): LayerOp {
  let needsInputGradient = options.needsInputGradient;
  const ops = layers.map((layer) => {
    const op = layerOp(layer, { needsInputGradient }, ordinals);
    needsInputGradient ||= learns(layer);
    return op;
  });
  return {
    forward: (x, context) => {
      const steps: Forward[] = [];
      let output: tf.Tensor = ops.length === 0 ? tf.clone(x) : x;
      for (const op of ops) {
        const step = op.forward(output, context);
        // In eval mode no backward pass will free the activations.
        if (!context.isTraining && output !== x) output.dispose();
        steps.push(step);
        output = step.output;
      }
      return {
        output,
        backward: (dy, gradients) => {
          let gradient: tf.Tensor | null = dy;
          for (let i = steps.length - 1; i >= 0 && gradient !== null; i -= 1) {
            const step = steps[i];
            const before: tf.Tensor | null =
              step === undefined ? null : backwardTidily(step, gradient, gradients);
            if (gradient !== dy) gradient.dispose();
            if (i < steps.length - 1) step?.output.dispose();
            gradient = before;
          }
          return gradient === dy ? tf.clone(dy) : gradient;
        },
      };
    },
  };
}

/** The whole network: images [n, h, w, 1] to logits [n, 10]. */
export function networkOp(network: NetworkSpec): LayerOp {
  return sequenceOp(network.layers, { needsInputGradient: false }, dropoutOrdinals(network));
}
