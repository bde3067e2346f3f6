/** A NetworkSpec as ops that run: one op a layer, chained forward and backward. */
import { hasBackward } from '@/engine/mode';
import * as tf from '@tensorflow/tfjs-core';
import type { Forward, Gradients, LayerOp, LayerOptions } from '@/engine/tfjs/layerOp';
import { layerOps } from '@/engine/tfjs/layers';
import { dropoutOrdinals } from '@/model/dropoutOrdinals';
import {
  flattenLayers,
  type LayerKind,
  type LayerOf,
  type LayerSpec,
  type NetworkSpec,
} from '@/model/layers';
import { layerEntries } from '@/model/stateDict';

const learns = (layer: LayerSpec): boolean =>
  flattenLayers([layer])
    .flatMap(layerEntries)
    .some(({ role }) => role === 'parameter');

type Ordinals = ReadonlyMap<string, number>;

function layerOp<Kind extends LayerKind>(
  layer: LayerOf<Kind>,
  options: LayerOptions,
  ordinals: Ordinals,
): LayerOp {
  return layerOps[layer.kind](layer, {
    ...options,
    ordinal: ordinals.get(layer.name) ?? 0,
    sequence: (layers) => sequenceOp(layers, options, ordinals),
  });
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
    return { name: layer.name, op };
  });
  return {
    forward: (x, context) => {
      const steps: Forward[] = [];
      let output: tf.Tensor = ops.length === 0 ? tf.clone(x) : x;
      for (const { name, op } of ops) {
        const step = op.forward(output, context);
        context.watchOutput?.(name, step.output);
        // Where there is no backward pass, none will free the activations.
        if (!hasBackward(context.mode) && output !== x) output.dispose();
        steps.push(step);
        output = step.output;
      }
      return {
        output,
        backward: (dy, gradients) => {
          let gradient: tf.Tensor | null = dy;
          for (let i = steps.length - 1; i >= 0 && gradient !== null; i -= 1) {
            const step = steps[i];
            context.watchGradient?.(ops[i]?.name ?? '', gradient);
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

/** The network, or the layers that it begins with: images [n, h, w, 1] to logits [n, 10]. */
export function networkOp(
  { layers }: Pick<NetworkSpec, 'layers'>,
  options: LayerOptions = { needsInputGradient: false },
): LayerOp {
  return sequenceOp(layers, options, dropoutOrdinals(layers));
}
