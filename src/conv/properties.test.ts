/** Random sizes against the definition written directly, and against what must hold between the functions. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convolve } from '@/conv/convolution';
import {
  ConvError,
  convOperators,
  geometryOf,
  outputSize,
  type ConvSettings,
  type Tensor4,
} from '@/conv/geometry';
import { traceWeightGradient } from '@/conv/gradient';
import { productCounts, sizeFormula } from '@/conv/formula';
import { readersOf, sourcesOf } from '@/conv/relations';
import { relu } from '@/conv/stages';
import { landingOrder, traceConvolution } from '@/conv/trace';

interface Problem {
  x: Tensor4;
  w: Tensor4;
  bias: number[];
  settings: ConvSettings;
}

function tensor(shape: Tensor4['shape']): fc.Arbitrary<Tensor4> {
  const length = shape[0] * shape[1] * shape[2] * shape[3];
  // Quarters: every sum is exact, so that a different order of summation must give the same bits.
  return fc
    .array(fc.integer({ min: -12, max: 12 }), { minLength: length, maxLength: length })
    .map((data) => ({ shape, data: data.map((value) => value / 4) }));
}

const size = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });

const problems: fc.Arbitrary<Problem> = fc
  .tuple(size(2), size(2), size(2), size(3), size(7), size(7), size(4), size(4))
  .chain(([n, c, f, groups, h, wide, kh, kw]) =>
    fc.record({
      x: tensor([n, c * groups, h, wide]),
      w: tensor([f * groups, c, kh, kw]),
      bias: fc.array(fc.integer({ min: -4, max: 4 }), { minLength: f * groups, maxLength: f * groups }),
      settings: fc.record({
        operator: fc.constantFrom(...convOperators),
        stride: size(3),
        padding: fc.oneof(
          { weight: 4, arbitrary: fc.integer({ min: 0, max: 3 }) },
          fc.constant('same' as const),
        ),
        dilation: size(3),
        groups: fc.constant(groups),
      }),
    }),
  );

/** The definition: out-of-image reads are 0; a transposed convolution scatters each input over the output. */
function direct({ x, w, bias, settings }: Problem): Map<string, number> {
  const { operator, stride, padding, dilation, groups } = settings;
  const [N, , H, W] = x.shape;
  const [F, C, KH, KW] = w.shape;
  const channel = (f: number, c: number): number => Math.floor(f / (F / groups)) * C + c;
  // Zeros above and to the left: of `same` the smaller half.
  const top = padding === 'same' ? Math.floor((dilation * (KH - 1)) / 2) : padding;
  const left = padding === 'same' ? Math.floor((dilation * (KW - 1)) / 2) : padding;
  const OH = outputSize(H, KH, settings);
  const OW = outputSize(W, KW, settings);
  const out = new Map<string, number>();
  const add = (n: number, f: number, i: number, j: number, value: number): void => {
    if (i < 0 || j < 0 || i >= OH || j >= OW) return;
    const key = [n, f, i, j].join();
    out.set(key, (out.get(key) ?? bias[f] ?? 0) + value);
  };
  const at = (t: Tensor4, a: number, b: number, r: number, s: number): number =>
    r < 0 || s < 0 || r >= t.shape[2] || s >= t.shape[3]
      ? 0
      : (t.data[((a * t.shape[1] + b) * t.shape[2] + r) * t.shape[3] + s] ?? 0);
  const each = (counts: number[], visit: (...index: number[]) => void, done: number[] = []): void => {
    const [count, ...rest] = counts;
    if (count === undefined) return visit(...done);
    for (let k = 0; k < count; k += 1) each(rest, visit, [...done, k]);
  };
  each([N, F, Math.max(0, OH), Math.max(0, OW)], (n = 0, f = 0, i = 0, j = 0) => add(n, f, i, j, 0));
  if (operator === 'transposed') {
    each([N, F, C, H, W, KH, KW], (n = 0, f = 0, c = 0, y = 0, z = 0, u = 0, v = 0) =>
      add(
        n,
        f,
        y * stride - top + u * dilation,
        z * stride - left + v * dilation,
        at(x, n, channel(f, c), y, z) * at(w, f, c, u, v),
      ),
    );
    return out;
  }
  each([N, F, OH, OW, C, KH, KW], (n = 0, f = 0, i = 0, j = 0, c = 0, u = 0, v = 0) => {
    const weight = operator === 'convolution' ? at(w, f, c, KH - 1 - u, KW - 1 - v) : at(w, f, c, u, v);
    add(
      n,
      f,
      i,
      j,
      at(x, n, channel(f, c), i * stride + u * dilation - top, j * stride + v * dilation - left) * weight,
    );
  });
  return out;
}

/** Only problems that fit; the others must raise a ConvError, which is checked apart. */
function forFitting(check: (problem: Problem) => void, numRuns = 150): void {
  let fitting = 0;
  fc.assert(
    fc.property(problems, (problem) => {
      const { x, w, bias, settings } = problem;
      try {
        convolve(x, w, bias, settings);
      } catch (error) {
        expect(error).toBeInstanceOf(ConvError);
        return;
      }
      fitting += 1;
      check(problem);
    }),
    { numRuns, seed: 7 },
  );
  expect(fitting).toBeGreaterThan(numRuns / 3);
}

describe('convolution', () => {
  it('equals the definition, for every operator, batch, channels, filters, kernel, stride, padding and dilation', () => {
    forFitting((problem) => {
      const { x, w, bias, settings } = problem;
      const result = convolve(x, w, bias, settings);
      const expected = direct(problem);
      expect(result.data.length).toBe(expected.size);
      const [, F, OH, OW] = result.shape;
      for (const [key, value] of expected) {
        const [n = 0, f = 0, i = 0, j = 0] = key.split(',').map(Number);
        expect(result.data[((n * F + f) * OH + i) * OW + j]).toBe(value);
      }
    }, 250);
  });

  it('raises exactly where no window fits, or PyTorch has no such same', () => {
    fc.assert(
      fc.property(problems, ({ x, w, bias, settings }) => {
        const formula = sizeFormula([x.shape[2], x.shape[3]], [w.shape[2], w.shape[3]], settings);
        const isSame = settings.padding === 'same';
        const hasSame = settings.stride === 1 && settings.operator !== 'transposed';
        const fits = formula.rows.result >= 1 && formula.columns.result >= 1 && (!isSame || hasSame);
        let raised = false;
        try {
          const { shape } = convolve(x, w, bias, settings);
          expect([shape[2], shape[3]]).toEqual([formula.rows.result, formula.columns.result]);
        } catch (error) {
          expect(error).toBeInstanceOf(ConvError);
          raised = true;
        }
        expect(raised).toBe(!fits);
      }),
      { numRuns: 300, seed: 11 },
    );
  });
});

describe('trace', () => {
  it('walks filter, row, column, image, channel, window in order, and its sums are the output', () => {
    forFitting(({ x, w, bias, settings }) => {
      const trace = traceConvolution(x, w, bias, settings);
      const result = convolve(x, w, bias, settings);
      const [, F, OH, OW] = result.shape;
      let previous: number[] = [];
      let count = 0;
      for (const step of trace) {
        expect(step.index).toBe(count);
        const order = [step.f, step.i, step.j, step.n, step.c, step.u, step.v];
        const rank = order.findIndex((value, k) => value !== previous[k]);
        if (count > 0) expect(order[rank] ?? 0).toBeGreaterThan(previous[rank] ?? 0);
        previous = order;
        count += 1;
        expect(step.product).toBe(step.input * step.weight);
        expect(Math.floor(step.channel / w.shape[1])).toBe(Math.floor(step.f / (F / settings.groups)));
        if (step.cell !== 'input') expect(step.input).toBe(0);
        if (count % trace.geometry.windowLength === 0) {
          expect(step.sum).toBe(result.data[((step.n * F + step.f) * OH + step.i) * OW + step.j]);
          const landed = count / trace.geometry.windowLength - 1;
          expect(trace.landing(landed)).toEqual([step.n, step.f, step.i, step.j]);
          expect(landingOrder(trace.geometry, step.n, step.f, step.i, step.j)).toBe(landed);
        }
      }
      expect(count).toBe(trace.length);
      expect(productCounts(trace.geometry, 5).grouped.result * trace.geometry.batch).toBe(count);
    }, 50);
  });

  it('answers any step by itself as the iteration gives it', () => {
    forFitting(({ x, w, bias, settings }) => {
      const trace = traceConvolution(x, w, bias, settings);
      const all = [...trace];
      for (const index of [0, Math.floor(all.length / 3), Math.floor(all.length / 2), all.length - 1]) {
        expect(trace.at(index)).toEqual(all[index]);
        const start = index - (index % trace.geometry.windowLength);
        expect(trace.window(index)).toEqual(all.slice(start, start + trace.geometry.windowLength));
      }
      expect(() => trace.at(all.length)).toThrow(RangeError);
      expect(() => trace.at(-1)).toThrow(RangeError);
    }, 80);
  });
});

describe('counts of products', () => {
  it('are those of MobileNet: depthwise and pointwise take 1 / filters + 1 / kernel² of a plain convolution', () => {
    const settings = {
      operator: 'cross_correlation',
      stride: 1,
      padding: 'same',
      dilation: 1,
      groups: 6,
    } as const;
    const counts = productCounts(geometryOf([1, 6, 5, 5], [6, 1, 3, 3], settings), 8);
    expect(counts.grouped).toMatchObject({
      channels: 6,
      filters: 6,
      substituted: '6·1·3·3·5·5',
      result: 1350,
    });
    expect(counts.pointwise).toMatchObject({ channels: 6, filters: 8, result: 1200 });
    expect(counts.plain).toMatchObject({ channels: 6, filters: 8, result: 10_800 });
    expect((counts.grouped.result + counts.pointwise.result) / counts.plain.result).toBeCloseTo(
      1 / 8 + 1 / 9,
    );
  });
});

describe('relations', () => {
  it('an output reads a cell exactly when the cell feeds that output', () => {
    forFitting(({ x, w, bias, settings }) => {
      const { geometry } = traceConvolution(x, w, bias, settings);
      const forward = new Set<string>();
      for (let i = 0; i < geometry.rows.output; i += 1) {
        for (let j = 0; j < geometry.columns.output; j += 1) {
          for (const { row, column } of sourcesOf(geometry, i, j)) forward.add([i, j, row, column].join());
        }
      }
      const backward = new Set<string>();
      for (let row = 0; row < geometry.rows.size; row += 1) {
        for (let column = 0; column < geometry.columns.size; column += 1) {
          for (const cell of readersOf(geometry, row, column))
            backward.add([cell.row, cell.column, row, column].join());
        }
      }
      expect(backward).toEqual(forward);
    }, 80);
  });
});

describe('weight gradient', () => {
  it('predicts how L = sum(y * dy) changes with one weight, which is linear', () => {
    forFitting((problem) => {
      const { x, w, bias, settings } = problem;
      const trace = traceConvolution(x, w, bias, settings);
      const y = convolve(x, w, bias, settings).data;
      const dy = y.map((_value, index) => ((index * 7) % 5) - 2);
      const loss = (values: Float64Array): number =>
        values.reduce((sum, value, k) => sum + value * (dy[k] ?? 0), 0);
      const index = (trace.length * 13) % w.data.length;
      const [, C, KH, KW] = w.shape;
      const term = traceWeightGradient(trace.geometry, trace.plane, dy, {
        f: Math.floor(index / (C * KH * KW)),
        c: Math.floor(index / (KH * KW)) % C,
        i: Math.floor(index / KW) % KH,
        j: index % KW,
      }).at(-1);
      const moved = Array.from(w.data, (value, k) => (k === index ? value + 1 : value));
      const after = convolve(x, { shape: w.shape, data: moved }, bias, settings).data;
      expect(term?.sum).toBe(loss(after) - loss(y));
    }, 120);
  });
});

describe('relu', () => {
  it('keeps what is positive and gives 0 for the rest', () => {
    expect([...relu({ shape: [1, 1, 1, 4], data: [-1.5, 0, 2, -0.25] }).data]).toEqual([0, 0, 2, 0]);
  });
});
