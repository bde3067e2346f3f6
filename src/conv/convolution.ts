/** The convolution as one call, on flat arrays with shapes; trace.ts shows the same sums one product at a time. */
import {
  ConvError,
  geometryOf,
  kernelCoordinate,
  paddedInput,
  type ConvSettings,
  type Geometry,
  type Tensor4,
} from '@/conv/geometry';

export interface Conv2dOptions {
  readonly stride?: number;
  readonly padding?: number;
  readonly dilation?: number;
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

/**
 * @param x [n, c, h, w]
 * @param w [filters, c, kh, kw]
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
  const { batch, channels, filters, rows, columns, flipped, outputShape } = geometry;
  const plane = paddedInput(x, geometry).data;
  const data = new Float64Array(batch * filters * rows.output * columns.output);
  let cell = 0;
  for (let n = 0; n < batch; n += 1) {
    for (let f = 0; f < filters; f += 1) {
      for (let i = 0; i < rows.output; i += 1) {
        for (let j = 0; j < columns.output; j += 1) {
          let sum = bias?.[f] ?? 0;
          for (let c = 0; c < channels; c += 1) {
            for (let u = 0; u < rows.kernel; u += 1) {
              const row = (n * channels + c) * rows.size + i * rows.step + u * rows.dilation;
              const kernelRow = (f * channels + c) * rows.kernel + kernelCoordinate(rows, u, flipped);
              for (let v = 0; v < columns.kernel; v += 1) {
                const input = plane[row * columns.size + j * columns.step + v * columns.dilation] ?? 0;
                const weight =
                  w.data[kernelRow * columns.kernel + kernelCoordinate(columns, v, flipped)] ?? 0;
                sum += input * weight;
              }
            }
          }
          data[cell] = sum;
          cell += 1;
        }
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
  const { stride = 1, padding = 0, dilation = 1 } = options;
  return convolve(x, w, null, { operator: 'cross_correlation', stride, padding, dilation });
}
