// The receptive field against what the layers' references really read: every pixel is changed, and it is seen which units notice.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lenet, resnet18, smallResnet, vgg16 } from '@/model/architectures';
import { flatten, linear, maxPool, relu } from '@/model/layerBuilders';
import { flattenLayers, type LayerSpec, type NetworkSpec } from '@/model/layers';
import { receptiveField } from '@/model/receptiveField';
import { sequencePass } from '@/model/reference';
import type { Shape } from '@/model/shape';
import { inferShapes, outputShape } from '@/model/shapes';
import { layerEntries } from '@/model/stateDict';
import { sizeOf } from '@/model/tensor';

const size = 9;
const image: Shape = [1, size, size];
/** More than all that weights and zeros around an image make of a dark one. */
const bright = 1e6;

/**
 * Rows and columns of pixels by which the channels of the list's output at `unit` change. All weights are 1, so that nothing cancels out,
 * and one bright pixel on a dark ground is the largest of each window that it is in.
 */
function noticed(layers: readonly LayerSpec[], unit: readonly number[]): [number[], number[]] {
  const weights = new Map(
    flattenLayers(layers).flatMap((layer) =>
      layerEntries(layer).map(({ key, shape }) => [key, new Float64Array(sizeOf(shape)).fill(1)] as const),
    ),
  );
  const count = size * size;
  // The last image is dark.
  const data = new Float64Array((count + 1) * count);
  for (let pixel = 0; pixel < count; pixel += 1) data[pixel * count + pixel] = bright;
  const { y } = sequencePass(layers, { shape: [count + 1, ...image], data }, weights, () => true);
  const [, channels = 1, height = 1, width = 1] = y.shape.length === 4 ? y.shape : [0, 1, 1, y.shape[1] ?? 1];
  const [row = 0, column = 0] = unit.length === 2 ? unit : [0, unit[0] ?? 0];
  const valuesOf = (index: number): string =>
    Array.from(
      { length: channels },
      (_, c) => y.data[((index * channels + c) * height + row) * width + column],
    ).join();
  const dark = valuesOf(count);
  const pixels = Array.from({ length: count }, (_, pixel) => pixel).filter(
    (pixel) => valuesOf(pixel) !== dark,
  );
  const distinct = (values: number[]): number[] => [...new Set(values)].sort((a, b) => a - b);
  return [
    distinct(pixels.map((pixel) => Math.floor(pixel / size))),
    distinct(pixels.map((pixel) => pixel % size)),
  ];
}

/** A network in which the list stands first. */
function networkOf(layers: readonly LayerSpec[]): NetworkSpec {
  const output = layers.reduce<Shape>((shape, layer) => outputShape(layer, shape), image);
  const end = [
    ...(output.length === 1 ? [] : [flatten('the_end.0')]),
    linear('the_end.1', sizeOf(output), 10),
  ];
  return { id: 'custom', name: 'Custom', outputActivation: 'none', layers: [...layers, ...end] };
}

const channels = 2;
const window = {
  kernelSize: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 3 }),
  padding: fc.integer({ min: 0, max: 1 }),
  dilation: fc.integer({ min: 1, max: 3 }),
};
const convolution = fc
  .record({ ...window, padding: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant('same' as const)) })
  .map((fields) => ({
    ...fields,
    stride: fields.padding === 'same' ? 1 : fields.stride,
    kind: 'Conv2d' as const,
  }));
const pool = fc.record({ ...window, ceilMode: fc.boolean() }).map((fields) => ({
  ...fields,
  padding: Math.min(fields.padding, Math.floor(fields.kernelSize / 2)),
  kind: 'MaxPool2d' as const,
}));
const average = fc
  .record({
    kernelSize: window.kernelSize,
    stride: window.stride,
    padding: window.padding,
    countIncludePad: fc.boolean(),
  })
  .map((fields) => ({
    ...fields,
    padding: Math.min(fields.padding, Math.floor(fields.kernelSize / 2)),
    kind: 'AvgPool2d' as const,
  }));
const others = fc.oneof(
  fc.integer({ min: 1, max: 4 }).map((outputSize) => ({ kind: 'AdaptiveAvgPool2d' as const, outputSize })),
  fc.constant({ kind: 'ReLU' as const }),
  fc.constant({ kind: 'Residual' as const }),
);

/** Layers that fit behind each other; of those drawn, what does not fit is left out. */
const lists = fc
  .array(fc.oneof(convolution, convolution, pool, average, others), { minLength: 1, maxLength: 5 })
  .map((drawn): LayerSpec[] => {
    const layers: LayerSpec[] = [];
    let shape = image;
    for (const [i, fields] of drawn.entries()) {
      const name = `layer${i}`;
      const [inChannels = 1] = shape;
      const weights = { inChannels, bias: true, init: { kind: 'default' } } as const;
      const keeping = {
        ...weights,
        kind: 'Conv2d',
        outChannels: inChannels,
        kernelSize: 3,
        stride: 1,
      } as const;
      const layer: LayerSpec =
        fields.kind === 'Conv2d'
          ? { ...weights, ...fields, name, outChannels: channels }
          : fields.kind === 'Residual'
            ? {
                kind: 'Residual',
                name,
                body: [
                  { ...keeping, name: `${name}.0`, padding: 2, dilation: 2 },
                  relu(`${name}.1`),
                  { ...keeping, name: `${name}.2`, padding: 1 },
                ],
                shortcut: [],
              }
            : { ...fields, name };
      try {
        shape = outputShape(layer, shape);
        layers.push(layer);
      } catch {
        // Too small an image for it by now.
      }
    }
    return layers;
  });

const share = fc.double({ min: 0, max: 0.999, noNaN: true });

describe('receptiveField', () => {
  it('has every row and column that a unit notices, and no other', () => {
    fc.assert(
      fc.property(lists, share, share, (layers, down, across) => {
        const last = layers.at(-1);
        if (last === undefined) return;
        const [, height = 1, width = 1] = layers.reduce<Shape>(
          (shape, layer) => outputShape(layer, shape),
          image,
        );
        const unit = [Math.floor(down * height), Math.floor(across * width)];
        expect(receptiveField(networkOf(layers), image, last.name, unit)).toEqual(noticed(layers, unit));
      }),
      { numRuns: Number(process.env['DIGIT_LAB_FUZZ_RUNS'] ?? 150) },
    );
  }, 60_000);

  it.each([
    ['a feature behind a flattened image', [maxPool('pool'), flatten('flat')], [9]],
    ['a Linear', [flatten('flat'), linear('fc', size * size, 3)], [1]],
    [
      'a plane that is normalised as a whole',
      [{ kind: 'GroupNorm', name: 'gn', numGroups: 1, numChannels: 1, eps: 1e-5 }],
      [2, 3],
    ],
  ] as const)('of %s', (_, layers: readonly LayerSpec[], unit) => {
    expect(receptiveField(networkOf(layers), image, layers.at(-1)?.name ?? '', unit)).toEqual(
      noticed(layers, unit),
    );
  });

  const extent = (network: NetworkSpec, input: Shape, layer: string, unit: readonly number[]): number[] =>
    (receptiveField(network, input, layer, unit) ?? []).map((places) => places.length);

  it('is what the papers’ tables say of the networks', () => {
    // Conv 5, pool 2 of 2, conv 5, pool 2 of 2: 5, 6, 14, 16.
    const of = (layer: string): number[] => extent(lenet, [1, 28, 28], layer, [2, 2]);
    expect([of('conv1.0'), of('conv1.2'), of('conv2.0'), of('conv2.2')]).toEqual([
      [5, 5],
      [6, 6],
      [14, 14],
      [16, 16],
    ]);
    expect(receptiveField(lenet, [1, 28, 28], 'conv1.0', [0, 27])).toEqual([
      [0, 1, 2],
      [25, 26, 27],
    ]);
    // VGG-16's pools have 6, 16, 44, 100, 212, which is more than the image from the fourth on.
    const pools = inferShapes(vgg16, [1, 64, 64]).filter(({ layer }) => layer.kind === 'MaxPool2d');
    expect(extent(vgg16, [1, 64, 64], pools[0]?.layer.name ?? '', [8, 8])).toEqual([6, 6]);
    expect(extent(vgg16, [1, 64, 64], pools[1]?.layer.name ?? '', [8, 8])).toEqual([16, 16]);
  });

  it('of a layer inside a block goes on from what the block reads', () => {
    const inside = receptiveField(smallResnet, [1, 28, 28], 'res_block_1.conv1', [5, 5]);
    const behind = receptiveField(smallResnet, [1, 28, 28], 'res_block_1', [5, 5]);
    // pool1 at 4 to 6 reads conv1 at 8 to 13, which reads 8 to 17.
    expect(inside?.[0]).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
    expect(behind?.[0]).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(receptiveField(resnet18, [1, 64, 64], 'fc', [3])?.map((places) => places.length)).toEqual([
      64, 64,
    ]);
  });

  it('is null where the network has no such layer', () => {
    expect(receptiveField(lenet, [1, 28, 28], 'conv9', [0, 0])).toBeNull();
  });
});
