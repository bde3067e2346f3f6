/** The convolution as one call, on flat arrays with shapes; trace.ts shows the same sums one product at a time. */
import {
  ConvError,
  firstChannel,
  geometryOf,
  kernelCoordinate,
  type ConvSettings,
  type Geometry,
  type Tensor4,
} from '@/conv/geometry';
import { paddedInput } from '@/conv/plane';

export interface Conv2dOptions {
  readonly stride?: number;
  readonly padding?: ConvSettings['padding'];
  readonly dilation?: number;
  readonly groups?: number;
}

export interface ConvResult {
  readonly shape: readonly [number, number, number, number];
  readonly data: Float64Array;
}

function checkLength(name: string, tensor: Tensor4): void {
  const expected = tensor.shape.reduce((product, size) => product * size, 1);
  if (tensor.data.length !== expected) {
    throw new ConvError(
      'data_length',
      `${name} has ${tensor.data.length} values, its shape ${tensor.shape.join('x')} needs ${expected}.`,
      { name, given: tensor.data.length, expected },
    );
  }
}

/** Checks what convolve and trace need beside the shapes. */
export function checkedGeometry(
  x: Tensor4,
  w: Tensor4,
  bias: ArrayLike<number> | null,
  settings: ConvSettings,
): Geometry {
  const geometry = geometryOf(x.shape, w.shape, settings);
  checkLength('The input', x);
  checkLength('The kernel', w);
  if (bias !== null && bias.length !== geometry.filters) {
    throw new ConvError('bias', `The bias has ${bias.length} values for ${geometry.filters} filters.`, {
      given: bias.length,
      filters: geometry.filters,
    });
  }
  return geometry;
}

/** output[i, j] += plane[start + i * rows.step, j * columns.step] * weight */
function addProducts(
  output: Float64Array,
  plane: Float64Array,
  weight: number,
  { rows, columns }: Geometry,
  start: number,
): void {
  for (let i = 0; i < rows.output; i += 1) {
    const row = start + i * rows.step * columns.size;
    const cell = i * columns.output;
    for (let j = 0; j < columns.output; j += 1) {
      output[cell + j] = (output[cell + j] ?? 0) + (plane[row + j * columns.step] ?? 0) * weight;
    }
  }
}

/**
 * @param x [n, c, h, w]
 * @param w [filters, c / groups, kh, kw]
 * @param bias one value a filter, or null
 * @returns [n, filters, oh, ow], float64 sums in the trace's order
 * @throws ConvError when channels differ, a parameter is out of range, or the kernel does not fit
 */
export function convolve(
  x: Tensor4,
  w: Tensor4,
  bias: ArrayLike<number> | null,
  settings: ConvSettings,
): ConvResult {
  const geometry = checkedGeometry(x, w, bias, settings);
  const { batch, channels, channelsOfGroup, filters, rows, columns, flipped, outputShape } = geometry;
  const plane = paddedInput(x, geometry).data;
  const cells = rows.output * columns.output;
  const data = new Float64Array(batch * filters * cells);
  for (let n = 0; n < batch; n += 1) {
    for (let f = 0; f < filters; f += 1) {
      const output = data.subarray((n * filters + f) * cells, (n * filters + f + 1) * cells);
      output.fill(bias?.[f] ?? 0);
      const first = firstChannel(geometry, f);
      // The window outside, the cells inside: each cell still adds its products in the trace's order, and fast.
      for (let k = 0; k < geometry.windowLength; k += 1) {
        const v = k % columns.kernel;
        const u = Math.floor(k / columns.kernel) % rows.kernel;
        const c = Math.floor(k / (columns.kernel * rows.kernel));
        const kernelRow = (f * channelsOfGroup + c) * rows.kernel + kernelCoordinate(rows, u, flipped);
        const weight = w.data[kernelRow * columns.kernel + kernelCoordinate(columns, v, flipped)] ?? 0;
        const top = (n * channels + first + c) * rows.size + u * rows.dilation;
        addProducts(output, plane, weight, geometry, top * columns.size + v * columns.dilation);
      }
    }
  }
  return { shape: outputShape, data };
}

/**
 * PyTorch's torch.nn.functional.conv2d without bias: the report's my_conv.
 * @throws ConvError where PyTorch raises: channels that differ, a kernel larger than the padded input
 */
export function conv2d(x: Tensor4, w: Tensor4, options: Conv2dOptions = {}): ConvResult {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  return convolve(x, w, null, { operator: 'cross_correlation', stride, padding, dilation, groups });
}
