/** Conv2d: cross-correlation with square kernels. */
import * as v from 'valibot';
import type { LayerDefinition, LayerField, StateTensor } from '@/model/layers/definition';
import {
  channelsOf,
  expectChannels,
  expectImage,
  expectWindowFits,
  windowDetail,
} from '@/model/layers/expectations';
import {
  channelField,
  dilationField,
  fieldSchema,
  groupsField,
  nameSchema,
  windowFields,
  windowSchemas,
} from '@/model/layers/fields';
import {
  addAt,
  imageSizes,
  valueAt,
  zeros64,
  type Pass,
  type Tensor64,
  type Weights64,
} from '@/model/layers/reference';
import { convOutputSize, windowExtent, type ConvWindow } from '@/model/window';
import { ShapeError } from '@/model/shape';
import { sizeOf } from '@/model/tensor';
import { weightInitSchema, type WeightInit } from '@/model/initialisations';
import { kernelRegion } from '@/model/layers/region';

const inChannels = channelField('inChannels', true);
const outChannels = channelField('outChannels');
const padding: LayerField<'padding'> = { ...windowFields.padding, word: 'same' };

const schema = v.strictObject({
  kind: v.literal('Conv2d'),
  name: nameSchema,
  inChannels: fieldSchema(inChannels),
  outChannels: fieldSchema(outChannels),
  ...windowSchemas,
  padding: v.union([v.literal('same'), windowSchemas.padding]),
  bias: v.boolean(),
  init: weightInitSchema,
  dilation: v.exactOptional(fieldSchema(dilationField)),
  groups: v.exactOptional(fieldSchema(groupsField)),
});

export type Conv2d = Readonly<v.InferOutput<typeof schema>>;

/** Its window, with what the layer leaves out. */
export function convWindow({ kernelSize, stride, padding, dilation = 1 }: Conv2d): ConvWindow {
  const around = dilation * (kernelSize - 1);
  const before = padding === 'same' ? Math.floor(around / 2) : padding;
  const paddingAfter = padding === 'same' ? around - before : padding;
  return { kernelSize, stride, padding: before, paddingAfter, dilation };
}

/** Input channels that each filter reads. */
export function channelsOfGroup({ inChannels, groups = 1 }: Conv2d): number {
  return inChannels / groups;
}

/** @throws ShapeError where the groups do not divide the channels. */
function expectGroups({ kind, name, inChannels, outChannels, groups = 1 }: Conv2d): void {
  if (inChannels % groups === 0 && outChannels % groups === 0) return;
  throw new ShapeError(
    'groups',
    name,
    `Conv2d ${name} has ${groups} groups, which must divide both its ${inChannels} input and its ${outChannels} output channels.`,
    { kind, groups, inChannels, outChannels },
  );
}

/** @throws ShapeError where `same`, which keeps the size, has a stride. */
function expectUnitStride({ kind, name, stride, padding: around }: Conv2d): void {
  if (around !== 'same' || stride === 1) return;
  throw new ShapeError(
    'same_stride',
    name,
    `Conv2d ${name} has padding 'same', which keeps the size, and stride ${stride}; PyTorch takes stride 1 alone.`,
    { kind, stride },
  );
}

/** Whether it has none of what the engines' fast kernels leave to plain ones. */
export function isPlainConv(layer: Conv2d): boolean {
  const { dilation, padding: before, paddingAfter } = convWindow(layer);
  return dilation === 1 && (layer.groups ?? 1) === 1 && before === paddingAfter;
}

/** Weight and bias of a layer that multiplies, with PyTorch's fans. */
export function weightAndBias(
  shape: readonly number[],
  { bias, init }: { readonly bias: boolean; readonly init: WeightInit },
): StateTensor[] {
  const [fanOuts = 0, fanIns = 0, ...window] = shape;
  const start = { init, fanIn: fanIns * sizeOf(window), fanOut: fanOuts * sizeOf(window) };
  const weight = { suffix: 'weight', shape, dtype: 'F32', role: 'parameter', start } as const;
  return bias ? [weight, { ...weight, suffix: 'bias', shape: [fanOuts] }] : [weight];
}

/** Calls `visit` with the indices of every product of a convolution: output, input, weight. */
function forEachProduct(
  layer: Conv2d,
  x: Tensor64,
  [, outputs, outHeight, outWidth]: readonly [number, number, number, number],
  visit: (y: number, x: number, weight: number) => void,
): void {
  const [n, c, h, w] = imageSizes(x);
  const { kernelSize: k, stride, padding: before, dilation } = convWindow(layer);
  const inGroup = c / (layer.groups ?? 1);
  const outGroup = outputs / (layer.groups ?? 1);
  for (let b = 0; b < n; b += 1)
    for (let o = 0; o < outputs; o += 1)
      for (let oy = 0; oy < outHeight; oy += 1)
        for (let ox = 0; ox < outWidth; ox += 1)
          for (let i = 0; i < inGroup; i += 1)
            for (let ky = 0; ky < k; ky += 1)
              for (let kx = 0; kx < k; kx += 1) {
                const iy = oy * stride - before + ky * dilation;
                const ix = ox * stride - before + kx * dilation;
                if (iy < 0 || ix < 0 || iy >= h || ix >= w) continue;
                visit(
                  ((b * outputs + o) * outHeight + oy) * outWidth + ox,
                  ((b * c + Math.floor(o / outGroup) * inGroup + i) * h + iy) * w + ix,
                  ((o * inGroup + i) * k + ky) * k + kx,
                );
              }
}

/** The layer by its definition; a Linear is one of a single pixel. */
export function conv2dReference(layer: Conv2d, x: Tensor64, weights: Weights64): Pass {
  const { outChannels: outputs } = layer;
  const [n, , h, w] = imageSizes(x);
  const window = convWindow(layer);
  const [outHeight, outWidth] = [convOutputSize(h, window), convOutputSize(w, window)];
  const size = [n, outputs, outHeight, outWidth] as const;
  const weight = weights.get(`${layer.name}.weight`);
  const bias = weights.get(`${layer.name}.bias`);
  const channel = (i: number): number => Math.floor(i / (outHeight * outWidth)) % outputs;
  const y = zeros64(size);
  forEachProduct(layer, x, size, (yi, xi, wi) =>
    addAt(y.data, yi, valueAt(x.data, xi) * valueAt(weight, wi)),
  );
  y.data.forEach((_, i) => addAt(y.data, i, valueAt(bias, channel(i))));
  return {
    y,
    backward: (dy, gradients) => {
      const dx = new Float64Array(x.data.length);
      const dWeight = new Float64Array(weight?.length ?? 0);
      const dBias = new Float64Array(outputs);
      forEachProduct(layer, x, size, (yi, xi, wi) => {
        addAt(dx, xi, valueAt(dy, yi) * valueAt(weight, wi));
        addAt(dWeight, wi, valueAt(dy, yi) * valueAt(x.data, xi));
      });
      dy.forEach((g, i) => addAt(dBias, channel(i), g));
      gradients.set(`${layer.name}.weight`, dWeight);
      if (layer.bias) gradients.set(`${layer.name}.bias`, dBias);
      return dx;
    },
  };
}

export const conv2d: LayerDefinition<Conv2d> = {
  schema,
  group: 'weights',
  stem: 'conv',
  fields: [
    inChannels,
    outChannels,
    windowFields.kernelSize,
    windowFields.stride,
    padding,
    dilationField,
    groupsField,
  ],
  switches: ['bias'],
  create: (name, input) => {
    const channels = channelsOf(input);
    return {
      kind: 'Conv2d',
      name,
      inChannels: channels,
      outChannels: Math.min(256, Math.max(16, 2 * channels)),
      kernelSize: 3,
      stride: 1,
      padding: 1,
      bias: true,
      init: { kind: 'default' },
    };
  },
  outputShape: (layer, input) => {
    const [channels, height, width] = expectImage(layer, input);
    expectChannels(layer, layer.inChannels, channels);
    expectGroups(layer);
    expectUnitStride(layer);
    const window = convWindow(layer);
    const { kernelSize, dilation } = window;
    const around = window.padding + window.paddingAfter;
    expectWindowFits(layer, windowExtent(kernelSize, dilation), height + around, width + around);
    return [layer.outChannels, convOutputSize(height, window), convOutputSize(width, window)];
  },
  reads: (layer, output, input) => kernelRegion(output, input, convWindow(layer)),
  state: (layer) =>
    weightAndBias([layer.outChannels, channelsOfGroup(layer), layer.kernelSize, layer.kernelSize], layer),
  flops: (layer, _, output) =>
    sizeOf(output) * (2 * channelsOfGroup(layer) * layer.kernelSize ** 2 + (layer.bias ? 1 : 0)),
  isView: false,
  seesBatch: false,
  detail: (layer) => [
    `${layer.kernelSize}×${layer.kernelSize}`,
    `${layer.inChannels}→${layer.outChannels}`,
    ...windowDetail(layer, 1),
    ...((layer.groups ?? 1) === 1 ? [] : [{ key: 'groups', value: layer.groups ?? 1 } as const]),
  ],
  reference: (layer, x, { weights }) => conv2dReference(layer, x, weights),
};
