/** MaxPool2d. */
import { runKernel } from '@/engine/tfjs/kernels/tfjsInternals';
import type { LayerOp } from '@/engine/tfjs/layerOp';
import type { MaxPool2d } from '@/model/layers';

export function maxPoolOp({ kernelSize, stride, padding }: MaxPool2d): LayerOp {
  const attributes = {
    filterSize: [kernelSize, kernelSize],
    strides: [stride, stride],
    pad: padding,
    dimRoundingMode: 'floor',
  };
  return {
    forward: (x) => {
      const output = runKernel('MaxPool', { x }, attributes);
      return {
        output,
        backward: (dy) => runKernel('MaxPoolGrad', { dy, input: x, output }, attributes),
      };
    },
  };
}
