/** All trained parameters of a network as one vector, in the order of its state_dict: what directions through its weights are made of. */
import type { NetworkSpec } from '@/model/layers';
import { parameterEntries } from '@/model/stateDict';
import { sizeOf, type StateDict, type TensorData } from '@/model/tensor';

/** One parameter's place in the vector. */
export interface ParameterSpan {
  readonly key: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** The places of all parameters; BatchNorm's running statistics, which are not trained, have none. */
export function parameterSpans(network: NetworkSpec): ParameterSpan[] {
  let start = 0;
  return parameterEntries(network).map(({ key, shape }) => {
    const end = start + sizeOf(shape);
    const span = { key, shape, start, end };
    start = end;
    return span;
  });
}

/** Values of the whole vector. */
export function sizeOfSpans(spans: readonly ParameterSpan[]): number {
  return spans.at(-1)?.end ?? 0;
}

/** The vector of these parameters, or of their gradients. @throws RangeError where one is missing */
export function flattened(spans: readonly ParameterSpan[], tensors: StateDict): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(sizeOfSpans(spans));
  for (const { key, start } of spans) {
    const data = tensors.get(key)?.data;
    if (!(data instanceof Float32Array)) throw new RangeError(`"${key}" is missing.`);
    vector.set(data, start);
  }
  return vector;
}

/** The vector as parameters, which share its memory, with the buffers of `base` beside them. */
export function withVector(
  base: StateDict,
  spans: readonly ParameterSpan[],
  vector: Float32Array<ArrayBuffer>,
): StateDict {
  const tensors = new Map<string, TensorData>(base);
  for (const { key, shape, start, end } of spans)
    tensors.set(key, { dtype: 'F32', shape, data: vector.subarray(start, end) });
  return tensors;
}

/** Inner product, summed in float64. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Euclidean norm, summed in float64. */
export function norm(vector: ArrayLike<number>): number {
  return Math.sqrt(dot(vector, vector));
}
