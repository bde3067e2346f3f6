/** Conv2d and Linear: the layers with weights. */
import * as tf from '@tensorflow/tfjs-core';
import { channelDot } from '@/engine/kernels/channelDot';
import { dropPackedCopy, hostBackend, runKernel } from '@/engine/kernels/tfjsInternals';
import type { LayerOp, LayerOptions } from '@/engine/tfjs/layerOp';
import type { Conv2d, Linear } from '@/model/layers';

export function convolutionOp(layer: Conv2d, options: LayerOptions): LayerOp {
  const { name, stride, padding, bias } = layer;
  const attributes = {
    strides: [stride, stride],
    pad: padding,
    dilations: [1, 1],
    dataFormat: 'NHWC',
    dimRoundingMode: 'floor',
  };
  return {
    forward: (x, { parameters, watchInput }) => {
      watchInput?.(name, x);
      const weight = parameters.get(`${name}.weight`);
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
          const filterShape = weight.shape;
          gradients.set(
            `${name}.weight`,
            runKernel('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape }),
          );
          if (bias) gradients.set(`${name}.bias`, channelDot(dy));
          if (!options.needsInputGradient) return null;
          return runKernel(
            'Conv2DBackpropInput',
            { dy, filter: weight },
            { ...attributes, inputShape: x.shape },
          );
        },
      };
    },
  };
}

export function linearOp(layer: Linear, options: LayerOptions): LayerOp {
  const { name, bias } = layer;
  return {
    forward: (x, { parameters, isTraining, watchInput }) => {
      watchInput?.(name, x);
      const weight = parameters.get(`${name}.weight`);
      const output = tf.tidy(() => {
        const product = tf.matMul(x, weight);
        return bias ? tf.add(product, parameters.get(`${name}.bias`)) : product;
      });
      // VGG-16's is 411 MB, which its gradient needs soon.
      const host = isTraining ? hostBackend() : null;
      if (host !== null) dropPackedCopy(host, weight);
      return {
        output,
        backward: (dy, gradients) => {
          gradients.set(`${name}.weight`, tf.matMul(x, dy, true, false));
          if (bias) gradients.set(`${name}.bias`, channelDot(dy));
          return options.needsInputGradient ? tf.matMul(dy, weight, false, true) : null;
        },
      };
    },
  };
}
