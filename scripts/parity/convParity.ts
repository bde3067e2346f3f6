/** my_conv.json: the conv lab's arithmetic against torch.nn.functional.conv2d, and the cases that PyTorch refuses. */
import * as v from 'valibot';
import { conv2d } from '@/conv/convolution';
import { ConvError, outputSize } from '@/conv/geometry';
import { compareCheck, type Check } from '../fixtures/compare.ts';

const shape = v.tuple([v.number(), v.number(), v.number(), v.number()]);
const numbers = v.array(v.number());
const fileSchema = v.object({
  cases: v.array(
    v.object({
      x_shape: shape,
      w_shape: shape,
      stride: v.number(),
      padding: v.number(),
      x: numbers,
      w: numbers,
      y_shape: shape,
      y: numbers,
    }),
  ),
  kernel_larger_than_padded_image: v.optional(
    v.array(
      v.object({
        H: v.number(),
        W: v.number(),
        kh: v.number(),
        kw: v.number(),
        stride: v.number(),
        padding: v.number(),
        formula: v.tuple([v.number(), v.number()]),
      }),
    ),
    [],
  ),
});

/** Absolute, as the fixture states it for float32; its numbers are multiples of 1/64, so float64 gives 0. */
const tolerance = 1e-4;

type ConvCase = v.InferOutput<typeof fileSchema>['cases'][number];

function caseError({ x_shape, x, w_shape, w, stride, padding, y_shape, y }: ConvCase): number {
  const result = conv2d({ shape: x_shape, data: x }, { shape: w_shape, data: w }, { stride, padding });
  if (result.shape.join() !== y_shape.join() || result.data.length !== y.length)
    return Number.POSITIVE_INFINITY;
  return y.reduce(
    (largest, value, i) => Math.max(largest, Math.abs(value - (result.data[i] ?? Number.NaN))),
    0,
  );
}

function isRefused(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    if (error instanceof ConvError) return true;
    throw error;
  }
}

export function convParity(json: unknown): Check[] {
  const { cases, kernel_larger_than_padded_image } = v.parse(fileSchema, json);
  const sums = cases.map((one, i) => compareCheck('convolutions', `case ${i}`, caseError(one), tolerance));
  const refusals = kernel_larger_than_padded_image.flatMap(({ H, W, kh, kw, stride, padding, formula }) => {
    const name = `${kh}x${kw} on ${H}x${W}, stride ${stride}, padding ${padding}`;
    const zeros = (height: number, width: number) => ({
      shape: [1, 1, height, width] as const,
      data: new Float64Array(height * width),
    });
    const refused = isRefused(() => conv2d(zeros(H, W), zeros(kh, kw), { stride, padding }));
    const settings = { operator: 'cross_correlation', stride, padding, dilation: 1, groups: 1 } as const;
    const sizes = [outputSize(H, kh, settings), outputSize(W, kw, settings)];
    return [
      compareCheck('kernel larger than the image', name, refused ? 0 : 1, 0),
      compareCheck('size formula', name, sizes.join() === formula.join() ? 0 : 1, 0),
    ];
  });
  return [...sums, ...refusals];
}
