/** Named arrays in PyTorch's names, shapes and layouts: the common coin of engines, files and tests. */

export type TensorData =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array<ArrayBuffer> }
  | { readonly dtype: 'I64'; readonly shape: readonly number[]; readonly data: BigInt64Array<ArrayBuffer> }
  | { readonly dtype: 'U8'; readonly shape: readonly number[]; readonly data: Uint8Array<ArrayBuffer> };

/** Ordered as PyTorch's state_dict; parameters and buffers (running_mean, num_batches_tracked) alike. */
export type StateDict = ReadonlyMap<string, TensorData>;

/** Number of values in a tensor of this shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
