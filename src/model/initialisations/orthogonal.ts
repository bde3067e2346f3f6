/** Saxe's initialisation: the rows of a layer's weight, or its columns where there are fewer, are orthonormal; bias 0. */
import { defineInitialisation, zeros, type Drawn } from '@/model/initialisations/definition';
import { gain } from '@/model/initialisations/fields';
import { normal } from '@/model/random';

/** Takes from `vector` its part along each of `others`, which are orthonormal. */
function removeParts(vector: Float64Array, others: readonly Float64Array[]): void {
  for (const other of others) {
    let dot = 0;
    for (let i = 0; i < vector.length; i += 1) dot += (vector[i] ?? 0) * (other[i] ?? 0);
    for (let i = 0; i < vector.length; i += 1) vector[i] = (vector[i] ?? 0) - dot * (other[i] ?? 0);
  }
}

/**
 * The Q of a QR decomposition whose R has a positive diagonal, which is the only such one: torch.nn.init.orthogonal_ reaches it by the
 * signs of R's diagonal. Of a matrix [rows, cols] the vectors are its columns, or its rows where rows < cols.
 * @param at the matrix's value at an index of [rows, cols], row by row
 */
export function orthonormalised(at: (index: number) => number, rows: number, cols: number): Float64Array {
  const isWide = rows < cols;
  const [count, length] = isWide ? [rows, cols] : [cols, rows];
  const place = (v: number, i: number): number => (isWide ? v * cols + i : i * cols + v);
  const vectors: Float64Array[] = [];
  for (let v = 0; v < count; v += 1) {
    const vector = Float64Array.from({ length }, (_, i) => at(place(v, i)));
    // Gram-Schmidt twice: what rounding leaves along the others after the first time is taken by the second.
    removeParts(vector, vectors);
    removeParts(vector, vectors);
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    vectors.push(vector.map((value) => value / norm));
  }
  const result = new Float64Array(rows * cols);
  vectors.forEach((vector, v) => vector.forEach((value, i) => (result[place(v, i)] = value)));
  return result;
}

export const orthogonal = defineInitialisation('orthogonal', {
  pytorch: 'nn.init.orthogonal_(w, gain)',
  fields: { gain },
  // Takes 4 * rows * cols * min(rows, cols) operations: no time for a convolution, half a second for Linear(784, 512).
  draw: (spec, tensor): Drawn => {
    if (tensor.role === 'bias') return zeros(tensor);
    const { shape, count, key } = tensor;
    const rows = shape[0] ?? 1;
    const q = orthonormalised((index) => normal(key, index), rows, count / rows);
    return Float32Array.from(q, (value) => spec.gain * value);
  },
});
