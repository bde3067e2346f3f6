/** Values of the layers' references: float64 and NCHW, slow and plain on purpose. */

export interface Tensor64 {
  /** [n, ...]. */
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** By state_dict key. */
export type Weights64 = ReadonlyMap<string, Float64Array>;
export type Gradients64 = Map<string, Float64Array>;

export interface Pass {
  readonly y: Tensor64;
  /** From the gradient of y: gives that of x, and puts those of the parameters in `gradients`. */
  readonly backward: (dy: Float64Array, gradients: Gradients64) => Float64Array;
}

export interface ReferenceContext {
  readonly weights: Weights64;
  /** Whether the dropout layer of this name keeps its value (or channel) number `index`. */
  readonly keeps: (layer: string, index: number, p: number) => boolean;
}

/** Zeros of this shape. */
export function zeros64(shape: readonly number[]): Tensor64 {
  return { shape, data: new Float64Array(shape.reduce((product, size) => product * size, 1)) };
}

export function valueAt(data: Float64Array | undefined, i: number): number {
  return data?.[i] ?? 0;
}

export function addAt(data: Float64Array, i: number, value: number): void {
  data[i] = (data[i] ?? 0) + value;
}

/** [n, c, h, w]; a vector is an image of one pixel. */
export function imageSizes({
  shape: [n = 0, c = 0, h = 1, w = 1],
}: Tensor64): [number, number, number, number] {
  return [n, c, h, w];
}

/** A layer whose outputs are weighted sums of its inputs: `visit` gets each output with an input and its factor. */
export function weightedSums(
  x: Tensor64,
  shape: readonly number[],
  each: (visit: (output: number, input: number, factor: number) => void) => void,
): Pass {
  const y = zeros64(shape);
  each((output, input, factor) => addAt(y.data, output, valueAt(x.data, input) * factor));
  return {
    y,
    backward: (dy) => {
      const dx = new Float64Array(x.data.length);
      each((output, input, factor) => addAt(dx, input, valueAt(dy, output) * factor));
      return dx;
    },
  };
}
