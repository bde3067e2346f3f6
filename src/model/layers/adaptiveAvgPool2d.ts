/** AdaptiveAvgPool2d: means of windows that divide the image into a fixed number; they overlap where the sizes do not divide. */
import * as v from 'valibot';
import type { AverageWindows } from '@/model/averageWindows';
import type { LayerDefinition } from '@/model/layers/definition';
import { expectImage } from '@/model/layers/expectations';
import { fieldSchema, integerField, nameSchema } from '@/model/layers/fields';
import { imageSizes, weightedSums } from '@/model/layers/reference';
import { sizeOf } from '@/model/tensor';
import { windowsRegion } from '@/model/layers/region';

/** Height = width of the output. */
const outputSize = integerField('outputSize', { min: 1, max: 64 });

const schema = v.strictObject({
  kind: v.literal('AdaptiveAvgPool2d'),
  name: nameSchema,
  outputSize: fieldSchema(outputSize),
});

export type AdaptiveAvgPool2d = Readonly<v.InferOutput<typeof schema>>;

/** PyTorch's rule, along an axis of `size` places: window i is floor(i * size / count) to before ceil((i + 1) * size / count). */
export function adaptiveWindows({ outputSize: count }: AdaptiveAvgPool2d, size: number): AverageWindows {
  return { count, step: size, from: 0, to: size + count - 1, over: count, divisor: null };
}

/** First and end place of window `i`. */
function windowOf(i: number, size: number, windows: number): [number, number] {
  return [Math.floor((i * size) / windows), Math.ceil(((i + 1) * size) / windows)];
}

/** Values in all windows along one axis together. */
function windowTotal(size: number, windows: number): number {
  return Array.from({ length: windows }, (_, i) => {
    const [first, end] = windowOf(i, size, windows);
    return end - first;
  }).reduce((a, b) => a + b, 0);
}

export const adaptiveAvgPool2d: LayerDefinition<AdaptiveAvgPool2d> = {
  schema,
  group: 'pooling',
  stem: 'avgpool',
  fields: [outputSize],
  switches: [],
  create: (name) => ({ kind: 'AdaptiveAvgPool2d', name, outputSize: 1 }),
  outputShape: (layer, input) => {
    const [channels] = expectImage(layer, input);
    return [channels, layer.outputSize, layer.outputSize];
  },
  reads: ({ outputSize: windows }, output, input) =>
    windowsRegion(output, input, (place, size) => {
      const [first, end] = windowOf(place, size, windows);
      return Array.from({ length: end - first }, (_, i) => first + i);
    }),
  state: () => [],
  flops: (layer, [channels = 0, height = 0, width = 0]) =>
    // Every element of a window is added or, once a window, divided.
    channels * windowTotal(height, layer.outputSize) * windowTotal(width, layer.outputSize),
  isView: false,
  seesBatch: false,
  detail: (layer) => [`${layer.outputSize}×${layer.outputSize}`],
  reference: ({ outputSize: size }, x) => {
    const [n, c, h, w] = imageSizes(x);
    const shape = [n, c, size, size];
    return weightedSums(x, shape, (visit) => {
      for (let at = 0; at < sizeOf(shape); at += 1) {
        const [y0, y1] = windowOf(Math.floor(at / size) % size, h, size);
        const [x0, x1] = windowOf(at % size, w, size);
        const plane = Math.floor(at / (size * size)) * h * w;
        for (let iy = y0; iy < y1; iy += 1)
          for (let ix = x0; ix < x1; ix += 1) visit(at, plane + iy * w + ix, 1 / ((y1 - y0) * (x1 - x0)));
      }
    });
  },
};
