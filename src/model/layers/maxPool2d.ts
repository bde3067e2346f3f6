/** MaxPool2d: the largest value of each window (return_indices false). */
import * as v from 'valibot';
import type { LayerDefinition } from '@/model/layers/definition';
import { expectImage, expectWindowFits, poolPaddingProblem, windowDetail } from '@/model/layers/expectations';
import { dilationField, fieldSchema, nameSchema, windowFields, windowSchemas } from '@/model/layers/fields';
import { addAt, imageSizes, valueAt, zeros64 } from '@/model/layers/reference';
import { ShapeError } from '@/model/shape';
import { sizeOf } from '@/model/tensor';
import { windowExtent, windowOutputSize, type Window } from '@/model/window';
import { kernelRegion } from '@/model/layers/region';

const schema = v.strictObject({
  kind: v.literal('MaxPool2d'),
  name: nameSchema,
  ...windowSchemas,
  dilation: v.exactOptional(fieldSchema(dilationField)),
  /** Whether a last window may reach past the padded image, as long as it starts in the image or before it. */
  ceilMode: v.exactOptional(v.boolean()),
});

export type MaxPool2d = Readonly<v.InferOutput<typeof schema>>;

export interface PoolWindow extends Window {
  readonly dilation: number;
  readonly ceilMode: boolean;
}

/** Its window, with what the layer leaves out. */
export function poolWindow(layer: MaxPool2d): PoolWindow {
  const { kernelSize, stride, padding, dilation = 1, ceilMode = false } = layer;
  return { kernelSize, stride, padding, dilation, ceilMode };
}

/** Outputs along an axis of `size` places, by PyTorch's pooling_output_shape; less than 1 where no window fits. */
export function maxPoolOutputSize(window: PoolWindow, size: number): number {
  const { kernelSize, stride, padding, dilation, ceilMode } = window;
  const extent = windowExtent(kernelSize, dilation);
  if (!ceilMode) return windowOutputSize(size, extent, stride, padding);
  const count = Math.ceil((size + 2 * padding - extent) / stride) + 1;
  return (count - 1) * stride >= size + padding ? count - 1 : count;
}

/** Whether its windows are adjacent places that lie apart and in the image whatever its size: what kernels before it take over. */
export function isPlainPool(layer: MaxPool2d): boolean {
  const { kernelSize, stride, padding, dilation, ceilMode } = poolWindow(layer);
  return kernelSize === stride && padding === 0 && dilation === 1 && !ceilMode;
}

/** A dilated window over less than its gap may have all its taps beside the image: PyTorch gives minus infinity there. */
function expectReachable({ kind, name, padding, dilation = 1 }: MaxPool2d, size: number): void {
  if (padding === 0 || dilation <= size) return;
  throw new ShapeError(
    'invalid_parameter',
    name,
    `${kind} ${name}: dilation must be a whole number from 1 to ${size}, not ${dilation}.`,
    { kind, field: 'dilation', value: dilation, min: 1, max: size },
  );
}

export const maxPool2d: LayerDefinition<MaxPool2d> = {
  schema,
  group: 'pooling',
  stem: 'pool',
  fields: [...Object.values(windowFields), dilationField],
  switches: ['ceilMode'],
  switchesOff: ['ceilMode'],
  parameterProblem: poolPaddingProblem,
  create: (name) => ({ kind: 'MaxPool2d', name, kernelSize: 2, stride: 2, padding: 0 }),
  outputShape: (layer, input) => {
    const [channels, height, width] = expectImage(layer, input);
    const window = poolWindow(layer);
    const { kernelSize, padding, dilation } = window;
    const [outHeight, outWidth] = [maxPoolOutputSize(window, height), maxPoolOutputSize(window, width)];
    // In ceilMode one window may be larger than the image.
    if (Math.min(outHeight, outWidth) < 1)
      expectWindowFits(layer, windowExtent(kernelSize, dilation), height + 2 * padding, width + 2 * padding);
    expectReachable(layer, Math.min(height, width));
    return [channels, outHeight, outWidth];
  },
  reads: (layer, output, input) => kernelRegion(output, input, poolWindow(layer)),
  state: () => [],
  flops: (layer, _, output) => sizeOf(output) * (layer.kernelSize ** 2 - 1),
  isView: false,
  seesBatch: false,
  detail: (layer) => [`${layer.kernelSize}×${layer.kernelSize}`, ...windowDetail(layer, layer.kernelSize)],
  reference: (layer, x) => {
    const window = poolWindow(layer);
    const { kernelSize: k, stride, padding, dilation } = window;
    const [n, c, h, w] = imageSizes(x);
    const [outHeight, outWidth] = [maxPoolOutputSize(window, h), maxPoolOutputSize(window, w)];
    const y = zeros64([n, c, outHeight, outWidth]);
    const winner = y.data.map((_, at) => {
      const left = (at % outWidth) * stride - padding;
      const top = (Math.floor(at / outWidth) % outHeight) * stride - padding;
      const plane = Math.floor(at / (outWidth * outHeight)) * h * w;
      let best = -1;
      for (let iy = top; iy < top + k * dilation; iy += dilation)
        for (let ix = left; ix < left + k * dilation; ix += dilation) {
          if (iy < 0 || ix < 0 || iy >= h || ix >= w) continue;
          const i = plane + iy * w + ix;
          const value = valueAt(x.data, i);
          // The last NaN, as in PyTorch's max_pool2d.
          if (best < 0 || value > valueAt(x.data, best) || Number.isNaN(value)) best = i;
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
