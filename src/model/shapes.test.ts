import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { vgg16 } from '@/model/architectures';
import type { LayerSpec } from '@/model/layers';
import { ShapeError } from '@/model/shape';
import { inferShapes, outputShape } from '@/model/shapes';
import { tapsInside, windowOutputSize } from '@/model/window';
import { standardNetworks } from '@/model/standardNetworks';

/** Counts the places where a window of `kernel` fits, as its left edge walks by `stride` over the padded line. */
function countWindows(size: number, kernel: number, stride: number, padding: number): number {
  let count = 0;
  for (let left = -padding; left + kernel <= size + padding; left += stride) count += 1;
  return count;
}

describe('windowOutputSize', () => {
  it('counts windows', () => {
    const small = { min: 1, max: 40 };
    fc.assert(
      fc.property(
        fc.integer(small),
        fc.integer(small),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(6),
        (size, kernel, stride, padding) => {
          fc.pre(kernel <= size + 2 * padding);
          expect(windowOutputSize(size, kernel, stride, padding)).toBe(
            countWindows(size, kernel, stride, padding),
          );
        },
      ),
    );
  });

  it('is what PyTorch’s conv2d gave in every case of my_conv.json', () => {
    const path = new URL('../../fixtures/pytorch/my_conv.json', import.meta.url);
    const { cases } = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly cases: readonly {
        readonly x_shape: readonly [number, number, number, number];
        readonly w_shape: readonly [number, number, number, number];
        readonly y_shape: readonly number[];
        readonly stride: number;
        readonly padding: number;
      }[];
    };
    expect(cases.length).toBe(30);
    for (const { x_shape, w_shape, y_shape, stride, padding } of cases) {
      const layer: LayerSpec = {
        kind: 'Conv2d',
        name: 'conv',
        inChannels: w_shape[1],
        outChannels: w_shape[0],
        kernelSize: w_shape[2],
        stride,
        padding,
        bias: false,
        init: { kind: 'default' },
      };
      if (w_shape[2] !== w_shape[3]) continue;
      expect(outputShape(layer, x_shape.slice(1))).toEqual(y_shape.slice(1));
    }
  });
});

describe('tapsInside', () => {
  it('counts the taps of all windows that lie in the image', () => {
    const sizes = fc.record({
      size: fc.integer({ min: 1, max: 9 }),
      kernelSize: fc.integer({ min: 1, max: 5 }),
      stride: fc.integer({ min: 1, max: 3 }),
      padding: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(sizes, ({ size, kernelSize, stride, padding }) => {
        const outSize = Math.max(0, windowOutputSize(size, kernelSize, stride, padding));
        let expected = 0;
        for (let pixel = 0; pixel < outSize; pixel += 1)
          for (let tap = 0; tap < kernelSize; tap += 1) {
            const at = pixel * stride + tap - padding;
            if (at >= 0 && at < size) expected += 1;
          }
        expect(tapsInside(size, outSize, { kernelSize, stride, padding })).toBe(expected);
      }),
    );
  });
});

describe('inferShapes', () => {
  it('ends each network in ten logits', () => {
    for (const network of standardNetworks) {
      const input = network.id === 'vgg16' ? [1, 64, 64] : [1, 28, 28];
      expect(inferShapes(network, input).at(-1)?.output).toEqual([10]);
    }
  });

  it('knows that VGG-16 pools its enlarged images down to 1 x 1 before the average pool', () => {
    const average = inferShapes(vgg16, [1, 64, 64]).find(({ layer }) => layer.name === 'avgpool');
    expect(average).toMatchObject({ input: [512, 1, 1], output: [512, 7, 7] });
  });

  it('names the layer of VGG-16 that an image of 28 x 28 is too small for', () => {
    expect(() => inferShapes(vgg16, [1, 28, 28])).toThrow(ShapeError);
    expect(() => inferShapes(vgg16, [1, 28, 28])).toThrow('features.30');
  });
});
