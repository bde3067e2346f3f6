/** Conv2d. */
import { isTraining } from '@/engine/mode';
import * as tf from '@tensorflow/tfjs-core';
import { channelDot } from '@/engine/tfjs/kernels/channelDot';
import { runKernel } from '@/engine/tfjs/kernels/tfjsInternals';
import { denseFilter, filterGradient } from '@/engine/tfjs/layers/denseFilter';
import type { LayerOp, LayerOptions } from '@/engine/tfjs/layerOp';
import type { Conv2d } from '@/model/layers';
import { convWindow } from '@/model/layers/conv2d';

/** Zeros below and to the right: tfjs's gradients know the same padding on all sides alone. */
function withMore(x: tf.Tensor, more: number): tf.Tensor {
  const none: [number, number] = [0, 0];
  return tf.pad(x, [none, [0, more], [0, more], none]);
}

export function convolutionOp(layer: Conv2d, options: LayerOptions): LayerOp {
  const { name, stride, bias } = layer;
  const { padding, paddingAfter } = convWindow(layer);
  const more = paddingAfter - padding;
  const attributes = {
    strides: [stride, stride],
    pad: padding,
    dilations: [1, 1],
    dataFormat: 'NHWC',
    dimRoundingMode: 'floor',
  };
  return {
    forward: (given, { parameters, mode, watchInput }) => {
      watchInput?.(name, given);
      const x = more === 0 ? given : withMore(given, more);
      const weight = denseFilter(layer, parameters.get(`${name}.weight`));
      const output = bias
        ? runKernel(
            'FusedConv2D',
            { x, filter: weight, bias: parameters.get(`${name}.bias`) },
            { ...attributes, activation: 'linear' },
          )
        : runKernel('Conv2D', { x, filter: weight }, attributes);
      return {
        output,
        backward: (dy, gradients) => {
          if (isTraining(mode)) {
            const filterShape = weight.shape;
            const gradient = runKernel('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape });
            gradients.set(`${name}.weight`, filterGradient(layer, gradient));
            if (bias) gradients.set(`${name}.bias`, channelDot(dy));
          }
          if (!options.needsInputGradient) return null;
          const dx = runKernel(
            'Conv2DBackpropInput',
            { dy, filter: weight },
            { ...attributes, inputShape: x.shape },
          );
          return more === 0 ? dx : tf.slice(dx, [0, 0, 0, 0], given.shape);
        },
      };
    },
  };
}
