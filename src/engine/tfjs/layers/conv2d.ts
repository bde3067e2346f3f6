/** Conv2d. */
import { channelDot } from '@/engine/tfjs/kernels/channelDot';
import { runKernel } from '@/engine/tfjs/kernels/tfjsInternals';
import { denseFilter, filterGradient } from '@/engine/tfjs/layers/denseFilter';
import type { LayerOp, LayerOptions } from '@/engine/tfjs/layerOp';
import type { Conv2d } from '@/model/layers';

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
          const filterShape = weight.shape;
          const gradient = runKernel('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape });
          gradients.set(`${name}.weight`, filterGradient(layer, gradient));
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
