/** PyTorch is the oracle: my_conv.json and conv_operators.json of fixtures/pytorch. */
import { describe, expect, it } from 'vitest';
import { conv2d, convolve } from '@/conv/convolution';
import { ConvError, type ConvSettings, outputSize, type Tensor4 } from '@/conv/geometry';
import { weightGradient } from '@/conv/gradient';
import { traceAvgPool, traceMaxPool } from '@/conv/stages';
import { traceConvolution } from '@/conv/trace';
import { fixturePath, readJson, pytorchFixtures } from '../../scripts/fixtures/readFixture.ts';

type Shape = Tensor4['shape'];

interface ConvCase {
  x_shape: Shape;
  x: number[];
  w_shape: Shape;
  w: number[];
  stride: number;
  padding: number;
  y_shape: Shape;
  y: number[];
}
interface MyConv {
  cases: ConvCase[];
  kernel_larger_than_padded_image: {
    H: number;
    W: number;
    kh: number;
    kw: number;
    stride: number;
    padding: number;
    formula: [number, number];
    torch: string;
  }[];
}
interface Pooling {
  kernel_size: number;
  stride: number;
  padding: number;
  x_shape: Shape;
  x: number[];
  y_shape: Shape;
  y: number[];
}
interface Operators {
  cases: (Omit<ConvCase, 'padding'> & ConvSettings & { dy: number[]; dw: number[] })[];
  pooling: (Pooling & { argmax: number[] })[];
  averaging: (Pooling & { count_include_pad: boolean })[];
}

const myConv = readJson(fixturePath(pytorchFixtures, 'my_conv.json')) as MyConv;
const operators = readJson(fixturePath(pytorchFixtures, 'conv_operators.json')) as Operators;

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ConvError) return error.code;
    throw error;
  }
  return 'none';
}

describe('my_conv.json', () => {
  it.each(myConv.cases.map((fixture, index) => [index, fixture] as const))(
    'case %i equals PyTorch exactly',
    (_, { x_shape, x, w_shape, w, stride, padding, y_shape, y }) => {
      const input = { shape: x_shape, data: x };
      const kernel = { shape: w_shape, data: w };
      const result = conv2d(input, kernel, { stride, padding });
      expect(result.shape).toEqual(y_shape);
      // Inputs are multiples of 1/64: every sum is exact, so the tolerance is 0 (the fixture allows 1e-4).
      expect([...result.data]).toEqual(y);

      const landed = new Map<string, number>();
      const trace = traceConvolution(input, kernel, null, {
        operator: 'cross_correlation',
        stride,
        padding,
        dilation: 1,
        groups: 1,
      });
      for (const step of trace) landed.set([step.n, step.f, step.i, step.j].join(), step.sum);
      const [, filters, rows, columns] = y_shape;
      const traced = y.map((_value, index) => {
        const j = index % columns;
        const i = Math.floor(index / columns) % rows;
        const f = Math.floor(index / (columns * rows)) % filters;
        return landed.get([Math.floor(index / (columns * rows * filters)), f, i, j].join());
      });
      expect(traced).toEqual(y);
    },
  );

  it('refuses every kernel that PyTorch refuses, where the formula gives 0 or less', () => {
    expect(myConv.kernel_larger_than_padded_image.length).toBeGreaterThan(10);
    for (const { H, W, kh, kw, stride, padding, formula, torch } of myConv.kernel_larger_than_padded_image) {
      expect(torch).toMatch(/^error/);
      const settings = { operator: 'cross_correlation', stride, padding, dilation: 1, groups: 1 } as const;
      expect([outputSize(H, kh, settings), outputSize(W, kw, settings)]).toEqual(formula);
      const x: Tensor4 = { shape: [1, 1, H, W], data: new Float64Array(H * W) };
      const w: Tensor4 = { shape: [1, 1, kh, kw], data: new Float64Array(kh * kw) };
      expect(code(() => conv2d(x, w, { stride, padding }))).toBe('kernel_too_large');
    }
  });

  it('says which sizes do not fit', () => {
    const x: Tensor4 = { shape: [1, 1, 4, 9], data: new Float64Array(36) };
    const w: Tensor4 = { shape: [1, 1, 5, 3], data: new Float64Array(15) };
    expect(() => conv2d(x, w)).toThrow('The 5x3 kernel is larger than the padded input of 4x9');
  });

  it('refuses a 1-channel kernel on a 3-channel image instead of broadcasting it', () => {
    const x: Tensor4 = { shape: [1, 3, 4, 4], data: new Float64Array(48) };
    const w: Tensor4 = { shape: [1, 1, 2, 2], data: new Float64Array(4) };
    expect(() => conv2d(x, w)).toThrow('The input has 3 channels but the kernel has 1');
  });

  it('refuses values that do not fill their shape, and stride 0', () => {
    const x: Tensor4 = { shape: [1, 1, 4, 4], data: new Float64Array(15) };
    const w: Tensor4 = { shape: [1, 1, 2, 2], data: new Float64Array(4) };
    expect(code(() => conv2d(x, w))).toBe('data_length');
    expect(code(() => conv2d(x, w, { stride: 0 }))).toBe('invalid_parameter');
    expect(code(() => conv2d(x, w, { padding: -1 }))).toBe('invalid_parameter');
  });

  it('refuses what PyTorch refuses of groups and padding same', () => {
    const x: Tensor4 = { shape: [1, 4, 4, 4], data: new Float64Array(64) };
    const w = (filters: number, channels: number): Tensor4 => ({
      shape: [filters, channels, 2, 2],
      data: new Float64Array(filters * channels * 4),
    });
    expect(code(() => conv2d(x, w(4, 2), { groups: 2 }))).toBe('none');
    expect(code(() => conv2d(x, w(3, 2), { groups: 2 }))).toBe('groups');
    expect(code(() => conv2d(x, w(3, 1), { groups: 3 }))).toBe('groups');
    expect(code(() => conv2d(x, w(4, 4), { groups: 2 }))).toBe('channels');
    expect(code(() => conv2d(x, w(4, 1), { groups: 0 }))).toBe('invalid_parameter');
    expect(code(() => conv2d(x, w(4, 4), { padding: 'same', stride: 2 }))).toBe('same_stride');
    const settings = { operator: 'transposed', stride: 1, padding: 'same', dilation: 1, groups: 1 } as const;
    expect(code(() => convolve(x, w(4, 4), null, settings))).toBe('same_transposed');
  });
});

describe('operators', () => {
  it.each(operators.cases.map((fixture, index) => [fixture.operator, index, fixture] as const))(
    '%s, case %i: output and weight gradient equal PyTorch exactly',
    (operator, _, { x_shape, x, w_shape, w, stride, padding, dilation, groups, y_shape, y, dy, dw }) => {
      const input = { shape: x_shape, data: x };
      const kernel = { shape: w_shape, data: w };
      const settings = { operator, stride, padding, dilation, groups };
      const result = convolve(input, kernel, null, settings);
      expect(result.shape).toEqual(y_shape);
      expect([...result.data].map((value) => value + 0)).toEqual(y.map((value) => value + 0));
      const trace = traceConvolution(input, kernel, null, settings);
      const gradient = weightGradient(trace.geometry, trace.plane, dy);
      expect(gradient.shape).toEqual(w_shape);
      expect([...gradient.data].map((value) => value + 0)).toEqual(dw.map((value) => value + 0));
    },
  );

  it('refuses a transposed convolution whose padding cuts everything away', () => {
    const x: Tensor4 = { shape: [1, 1, 3, 3], data: new Float64Array(9) };
    const w: Tensor4 = { shape: [1, 1, 2, 2], data: new Float64Array(4) };
    const settings = { operator: 'transposed', stride: 1, padding: 2, dilation: 1, groups: 1 } as const;
    expect(code(() => convolve(x, w, null, settings))).toBe('empty_output');
  });

  it.each(operators.pooling.map((fixture, index) => [index, fixture] as const))(
    'max pooling %i takes the first maximum, as PyTorch',
    (_, { kernel_size, stride, padding, x_shape, x, y_shape, y, argmax }) => {
      const settings = { kernelSize: kernel_size, stride, padding, countIncludePad: true };
      const trace = traceMaxPool({ shape: x_shape, data: x }, settings);
      expect(trace.output.shape).toEqual(y_shape);
      expect([...trace.output.data]).toEqual(y);
      expect([...trace.argmax]).toEqual(argmax);
    },
  );

  it.each(operators.averaging.map((fixture, index) => [index, fixture] as const))(
    'average pooling %i divides as PyTorch, and its steps add up',
    (_, { kernel_size, stride, padding, count_include_pad, x_shape, x, y_shape, y }) => {
      const settings = { kernelSize: kernel_size, stride, padding, countIncludePad: count_include_pad };
      const trace = traceAvgPool({ shape: x_shape, data: x }, settings);
      expect(trace.output.shape).toEqual(y_shape);
      expect([...trace.output.data]).toEqual(y);
      expect(trace.length).toBe(y.length * kernel_size ** 2);
      for (let index = 0; index < trace.length; index += trace.windowLength) {
        const window = trace.window(index);
        const last = window.at(-1);
        expect(last?.sum).toBe(window.reduce((sum, { value }) => sum + value, 0));
        expect(last?.mean).toBe(y[index / trace.windowLength]);
      }
    },
  );

  it('refuses a pooling padded by more than half of its window, as PyTorch', () => {
    const x: Tensor4 = { shape: [1, 1, 5, 5], data: new Float64Array(25) };
    const settings = { kernelSize: 3, stride: 1, padding: 2, countIncludePad: true };
    expect(code(() => traceMaxPool(x, settings))).toBe('pool_padding');
    expect(code(() => traceAvgPool(x, settings))).toBe('pool_padding');
  });
});
