/** Test helper: arrays for single kernels (runKernels.ts), their order of axes, and how far two of them are apart. */
import type fc from 'fast-check';
import { expect } from 'vitest';
import { normal } from '@/model/random';

export type Floats = Float32Array<ArrayBuffer>;
export const zeros = (count: number): Floats => new Float32Array(count);
export const normals = (count: number, key: number): Floats =>
  Float32Array.from({ length: count }, (_, i) => normal(key, i));
export const runs = (numRuns: number): fc.Parameters<unknown> => ({ numRuns, endOnFailure: true });

export interface Shape {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}
export const sizeOf = ({ batch, height, width, channels }: Shape): number =>
  batch * height * width * channels;

/** Where element `i` of an NHWC array lies in NCHW. */
export function planar({ height, width, channels }: Shape, i: number): number {
  const pixels = height * width;
  const n = Math.floor(i / (pixels * channels));
  return (n * channels + (i % channels)) * pixels + (Math.floor(i / channels) % pixels);
}

export function toPlanar(shape: Shape, x: ArrayLike<number>): Float64Array {
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i += 1) y[planar(shape, i)] = x[i] ?? NaN;
  return y;
}

export const fromPlanar = (shape: Shape, x: ArrayLike<number>): Float64Array =>
  Float64Array.from({ length: x.length }, (_, i) => x[planar(shape, i)] ?? NaN);

/** Largest difference; NaN where there is one. */
export function largestError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let largest = 0;
  for (let i = 0; i < expected.length; i += 1) {
    const error = Math.abs((actual[i] ?? NaN) - (expected[i] ?? NaN));
    if (!(error <= largest)) largest = error;
  }
  return largest;
}
