/** AvgPool2d: the mean of each window (ceil_mode false, no divisor_override). */
import * as v from 'valibot';
import type { AverageWindows } from '@/model/averageWindows';
import type { LayerDefinition } from '@/model/layers/definition';
import { expectImage, poolPaddingProblem, windowDetail, windowedSize } from '@/model/layers/expectations';
import { nameSchema, windowFields, windowSchemas } from '@/model/layers/fields';
import { imageSizes, weightedSums } from '@/model/layers/reference';
import { sizeOf } from '@/model/tensor';
import { windowOutputSize } from '@/model/window';
import { kernelRegion } from '@/model/layers/region';

const schema = v.strictObject({
  kind: v.literal('AvgPool2d'),
  name: nameSchema,
  ...windowSchemas,
  /** Whether the zeros around the image count as values of a window. */
  countIncludePad: v.boolean(),
});

export type AvgPool2d = Readonly<v.InferOutput<typeof schema>>;

/** Its windows along an axis of `size` places. */
export function avgPoolWindows(layer: AvgPool2d, size: number): AverageWindows {
  const { kernelSize, stride, padding, countIncludePad } = layer;
  return {
    count: windowOutputSize(size, kernelSize, stride, padding),
    step: stride,
    from: -padding,
    to: kernelSize - padding,
    over: 1,
    divisor: countIncludePad ? kernelSize : null,
  };
}

export const avgPool2d: LayerDefinition<AvgPool2d> = {
  schema,
  group: 'pooling',
  stem: 'pool',
  fields: Object.values(windowFields),
  switches: ['countIncludePad'],
  parameterProblem: poolPaddingProblem,
  create: (name) => ({
    kind: 'AvgPool2d',
    name,
    kernelSize: 2,
    stride: 2,
    padding: 0,
    countIncludePad: true,
  }),
  outputShape: (layer, input) => {
    const [channels, height, width] = expectImage(layer, input);
    return [channels, ...windowedSize(layer, height, width)];
  },
  reads: (layer, output, input) => kernelRegion(output, input, layer),
  state: () => [],
  // Every value of a window is added or, once a window, divided.
  flops: (layer, _, output) => sizeOf(output) * layer.kernelSize ** 2,
  isView: false,
  seesBatch: false,
  detail: (layer) => [`${layer.kernelSize}×${layer.kernelSize}`, ...windowDetail(layer, layer.kernelSize)],
  reference: ({ kernelSize: k, stride, padding, countIncludePad }, x) => {
    const [n, c, h, w] = imageSizes(x);
    const outHeight = windowOutputSize(h, k, stride, padding);
    const outWidth = windowOutputSize(w, k, stride, padding);
    const shape = [n, c, outHeight, outWidth];
    return weightedSums(x, shape, (visit) => {
      for (let at = 0; at < sizeOf(shape); at += 1) {
        const left = (at % outWidth) * stride - padding;
        const top = (Math.floor(at / outWidth) % outHeight) * stride - padding;
        const plane = Math.floor(at / (outWidth * outHeight)) * h * w;
        const inside: number[] = [];
        for (let iy = top; iy < top + k; iy += 1)
          for (let ix = left; ix < left + k; ix += 1)
            if (iy >= 0 && ix >= 0 && iy < h && ix < w) inside.push(plane + iy * w + ix);
        const values = countIncludePad ? k * k : inside.length;
        for (const i of inside) visit(at, i, 1 / values);
      }
    });
  },
};
