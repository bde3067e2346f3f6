/** MaxPool2d: the largest value of each window. */
import * as v from 'valibot';
import type { LayerDefinition } from '@/model/layers/definition';
import { expectImage, poolPaddingProblem, windowDetail, windowedSize } from '@/model/layers/expectations';
import { nameSchema, windowFields, windowSchemas } from '@/model/layers/fields';
import { addAt, imageSizes, valueAt, zeros64 } from '@/model/layers/reference';
import { windowOutputSize } from '@/model/window';
import { sizeOf } from '@/model/tensor';

const schema = v.strictObject({ kind: v.literal('MaxPool2d'), name: nameSchema, ...windowSchemas });

export type MaxPool2d = Readonly<v.InferOutput<typeof schema>>;

export const maxPool2d: LayerDefinition<MaxPool2d> = {
  schema,
  group: 'pooling',
  stem: 'pool',
  fields: Object.values(windowFields),
  switches: [],
  parameterProblem: poolPaddingProblem,
  create: (name) => ({ kind: 'MaxPool2d', name, kernelSize: 2, stride: 2, padding: 0 }),
  outputShape: (layer, input) => {
    const [channels, height, width] = expectImage(layer, input);
    return [channels, ...windowedSize(layer, height, width)];
  },
  state: () => [],
  flops: (layer, _, output) => sizeOf(output) * (layer.kernelSize ** 2 - 1),
  isView: false,
  seesBatch: false,
  detail: (layer) => [`${layer.kernelSize}×${layer.kernelSize}`, ...windowDetail(layer, layer.kernelSize)],
  reference: ({ kernelSize: k, stride, padding }, x) => {
    const [n, c, h, w] = imageSizes(x);
    const [outHeight, outWidth] = [
      windowOutputSize(h, k, stride, padding),
      windowOutputSize(w, k, stride, padding),
    ];
    const y = zeros64([n, c, outHeight, outWidth]);
    const winner = y.data.map((_, at) => {
      const left = (at % outWidth) * stride - padding;
      const top = (Math.floor(at / outWidth) % outHeight) * stride - padding;
      const plane = Math.floor(at / (outWidth * outHeight)) * h * w;
      let best = -1;
      for (let iy = Math.max(0, top); iy < Math.min(h, top + k); iy += 1)
        for (let ix = Math.max(0, left); ix < Math.min(w, left + k); ix += 1) {
          const i = plane + iy * w + ix;
          if (best < 0 || valueAt(x.data, i) > valueAt(x.data, best)) best = i;
        }
      y.data[at] = valueAt(x.data, best);
      return best;
    });
    return {
      y,
      backward: (dy) => {
        const dx = new Float64Array(x.data.length);
        dy.forEach((g, i) => addAt(dx, valueAt(winner, i), g));
        return dx;
      },
    };
  },
};
