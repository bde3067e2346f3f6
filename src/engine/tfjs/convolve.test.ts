/** The device's convolution against PyTorch's numbers for every operator: fixtures/pytorch/conv_operators.json. */
import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { convolveOnDevice, type ConvolutionOnDevice } from '@/engine/tfjs/convolve';

interface Fixture {
  operator: ConvolutionOnDevice['operator'];
  stride: number;
  padding: ConvolutionOnDevice['padding'];
  dilation: number;
  groups: number;
  x_shape: ConvolutionOnDevice['xShape'];
  x: number[];
  w_shape: ConvolutionOnDevice['wShape'];
  w: number[];
  y: number[];
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../../fixtures/pytorch/conv_operators.json', import.meta.url), 'utf8'),
) as { cases: Fixture[] };

beforeAll(async () => {
  await tf.setBackend('cpu');
});

it.each(cases.map((fixture, index) => [fixture.operator, index, fixture] as const))(
  '%s, case %i equals PyTorch, and nothing leaks',
  async (operator, _, fixture) => {
    const before = tf.memory().numTensors;
    const { output, backend } = await convolveOnDevice({
      operator,
      stride: fixture.stride,
      padding: fixture.padding,
      dilation: fixture.dilation,
      groups: fixture.groups,
      x: Float32Array.from(fixture.x),
      xShape: fixture.x_shape,
      w: Float32Array.from(fixture.w),
      wShape: fixture.w_shape,
      bias: new Float32Array(fixture.w_shape[0]).fill(0.5),
    });
    expect(backend).toBe('cpu');
    // Quarters and sixteenths: float32 sums of them are exact.
    expect([...output]).toEqual(fixture.y.map((value) => value + 0.5));
    expect(tf.memory().numTensors).toBe(before);
  },
);
