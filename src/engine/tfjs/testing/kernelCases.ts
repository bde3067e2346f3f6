/** What our kernels must give, computed in plain loops: the same cases for every backend's tests. */
import * as tf from '@tensorflow/tfjs-core';
import { hashDropoutMask } from '@/engine/tfjs/kernels/hashDropoutMask';
import { runKernel } from '@/engine/tfjs/kernels/tfjsInternals';
import { uniform } from '@/model/random';

type Shape4D = readonly [number, number, number, number];

/** Small integers from a fixed sequence: exact in float32, and full of ties. */
export function integers(count: number, range: number, salt: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.floor(uniform(salt, i) * range));
}

export interface KernelCase {
  readonly name: string;
  readonly run: () => tf.Tensor;
  readonly expected: Float32Array;
  /** Largest absolute difference allowed; 0 asks for the same bits. */
  readonly tolerance: number;
}

function maskCase(shape: Shape4D, key: number, p: number): KernelCase {
  const [batch, height, width, channels] = shape;
  const expected = new Float32Array(batch * height * width * channels);
  let at = 0;
  for (let n = 0; n < batch; n += 1) {
    for (let pixel = 0; pixel < height * width; pixel += 1) {
      for (let c = 0; c < channels; c += 1) {
        const nchw = (n * channels + c) * height * width + pixel;
        expected[at] = uniform(key, nchw) >= p ? 1 / (1 - p) : 0;
        at += 1;
      }
    }
  }
  return {
    name: `HashDropoutMask ${shape.join('x')}, key ${key}, p ${p}`,
    run: () => hashDropoutMask([...shape], key, p),
    expected,
    tolerance: 0,
  };
}

interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
}

const outputSize = (size: number, { kernel, stride, pad }: Window): number =>
  Math.floor((size + 2 * pad - kernel) / stride) + 1;

function maxPoolCase(shape: Shape4D, window: Window): KernelCase {
  const [batch, height, width, channels] = shape;
  const { kernel, stride, pad } = window;
  const [outHeight, outWidth] = [outputSize(height, window), outputSize(width, window)];
  const x = integers(batch * height * width * channels, 3, 5);
  const dy = integers(batch * outHeight * outWidth * channels, 9, 6);
  const expected = new Float32Array(x.length);
  for (let n = 0; n < batch; n += 1)
    for (let c = 0; c < channels; c += 1)
      for (let row = 0; row < outHeight; row += 1)
        for (let column = 0; column < outWidth; column += 1) {
          let best = -1;
          for (let i = 0; i < kernel * kernel; i += 1) {
            const r = row * stride - pad + Math.floor(i / kernel);
            const k = column * stride - pad + (i % kernel);
            if (r < 0 || r >= height || k < 0 || k >= width) continue;
            const index = ((n * height + r) * width + k) * channels + c;
            if (best < 0 || (x[index] ?? 0) > (x[best] ?? 0)) best = index;
          }
          const from = ((n * outHeight + row) * outWidth + column) * channels + c;
          expected[best] = (expected[best] ?? 0) + (dy[from] ?? 0);
        }
  return {
    name: `MaxPoolGrad with ties, ${shape.join('x')}, kernel ${kernel}, stride ${stride}, padding ${pad}`,
    run: () => {
      const input = tf.tensor4d(x, [...shape]);
      const attributes = {
        filterSize: [kernel, kernel],
        strides: [stride, stride],
        pad,
        dimRoundingMode: 'floor',
      };
      const output = runKernel('MaxPool', { x: input }, attributes);
      const gradient = tf.tensor4d(dy, [batch, outHeight, outWidth, channels]);
      return runKernel('MaxPoolGrad', { dy: gradient, input, output }, attributes);
    },
    expected,
    tolerance: 0,
  };
}

/** Both gradients of a convolution by definition; integers, so sums are exact. */
function convolutionCases(shape: Shape4D, outChannels: number, window: Window): KernelCase[] {
  const [batch, height, width, channels] = shape;
  const { kernel, stride, pad } = window;
  const [outHeight, outWidth] = [outputSize(height, window), outputSize(width, window)];
  const filterShape: Shape4D = [kernel, kernel, channels, outChannels];
  const x = integers(batch * height * width * channels, 7, 1);
  const filter = integers(kernel * kernel * channels * outChannels, 7, 2);
  const dy = integers(batch * outHeight * outWidth * outChannels, 7, 3);
  const dx = new Float32Array(x.length);
  const dFilter = new Float32Array(filter.length);
  for (let n = 0; n < batch; n += 1)
    for (let row = 0; row < outHeight; row += 1)
      for (let column = 0; column < outWidth; column += 1)
        for (let i = 0; i < kernel * kernel; i += 1) {
          const r = row * stride - pad + Math.floor(i / kernel);
          const k = column * stride - pad + (i % kernel);
          if (r < 0 || r >= height || k < 0 || k >= width) continue;
          for (let c = 0; c < channels; c += 1)
            for (let o = 0; o < outChannels; o += 1) {
              const at = ((n * height + r) * width + k) * channels + c;
              const weight = (i * channels + c) * outChannels + o;
              const gradient = dy[((n * outHeight + row) * outWidth + column) * outChannels + o] ?? 0;
              dx[at] = (dx[at] ?? 0) + gradient * (filter[weight] ?? 0);
              dFilter[weight] = (dFilter[weight] ?? 0) + gradient * (x[at] ?? 0);
            }
        }
  const attributes = { strides: [stride, stride], pad, dataFormat: 'NHWC', dimRoundingMode: 'floor' };
  const gradient = () => tf.tensor4d(dy, [batch, outHeight, outWidth, outChannels]);
  const what = `${shape.join('x')} to ${outChannels}, kernel ${kernel}, stride ${stride}, padding ${pad}`;
  return [
    {
      name: `Conv2DBackpropFilter ${what}`,
      run: () =>
        runKernel(
          'Conv2DBackpropFilter',
          { x: tf.tensor4d(x, [...shape]), dy: gradient() },
          { ...attributes, filterShape },
        ),
      expected: dFilter,
      tolerance: 0,
    },
    {
      name: `Conv2DBackpropInput ${what}`,
      run: () =>
        runKernel(
          'Conv2DBackpropInput',
          { dy: gradient(), filter: tf.tensor4d(filter, [...filterShape]) },
          { ...attributes, inputShape: shape },
        ),
      expected: dx,
      tolerance: 0,
    },
  ];
}

/** Cases for every backend. The convolutions are tfjs's own on all but wasm. */
export function kernelCases(): KernelCase[] {
  return [
    maskCase([3, 5, 4, 6], 0x9e3779b9, 0.3),
    maskCase([64, 1, 1, 20], 12345, 0.5),
    maskCase([2, 7, 3, 5], 0xffffffff, 0.9),
    maxPoolCase([2, 6, 8, 5], { kernel: 2, stride: 2, pad: 0 }),
    maxPoolCase([2, 7, 5, 4], { kernel: 2, stride: 2, pad: 0 }),
    maxPoolCase([2, 7, 8, 3], { kernel: 3, stride: 2, pad: 1 }),
    maxPoolCase([1, 5, 5, 8], { kernel: 3, stride: 1, pad: 1 }),
    ...convolutionCases([3, 8, 7, 4], 5, { kernel: 3, stride: 1, pad: 1 }),
    ...convolutionCases([2, 9, 9, 1], 6, { kernel: 5, stride: 1, pad: 0 }),
    ...convolutionCases([2, 9, 8, 4], 8, { kernel: 3, stride: 2, pad: 1 }),
    ...convolutionCases([2, 11, 10, 3], 4, { kernel: 4, stride: 3, pad: 2 }),
    ...convolutionCases([2, 6, 6, 4], 8, { kernel: 1, stride: 2, pad: 0 }),
    ...convolutionCases([2, 5, 5, 3], 2, { kernel: 1, stride: 1, pad: 1 }),
  ];
}

/** Runs one case on the current backend and gives its largest absolute difference. */
export async function largestDifference({ run, expected }: KernelCase): Promise<number> {
  const result = tf.tidy(run);
  const values = await result.data<'float32'>();
  result.dispose();
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  return values.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (expected[i] ?? NaN))), 0);
}
