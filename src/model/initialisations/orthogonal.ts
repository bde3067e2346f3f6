/** Saxe's initialisation: the rows of a layer's weight, or its columns where there are fewer, are orthonormal; bias 0. */
import { defineInitialisation, zeros, type Drawn } from '@/model/initialisations/definition';
import { gain } from '@/model/initialisations/fields';
import { normal } from '@/model/random';

/** Vectors that are freed from all before them together, so that those are read from memory once for all. */
const panel = 8;
/** A vector that keeps less of its length is freed a second time: then rounding is too much of what is left. */
const enough = 0.1;

function removePart(x: Float64Array, a: Float64Array): void {
  let dot = 0;
  for (let i = 0; i < x.length; i += 1) dot += (x[i] ?? 0) * (a[i] ?? 0);
  for (let i = 0; i < x.length; i += 1) x[i] = (x[i] ?? 0) - dot * (a[i] ?? 0);
}

/** As removePart four times, with a quarter of the reading. */
function removeParts(
  x: Float64Array,
  [a, b, c, d]: readonly [Float64Array, Float64Array, Float64Array, Float64Array],
): void {
  let da = 0;
  let db = 0;
  let dc = 0;
  let dd = 0;
  for (let i = 0; i < x.length; i += 1) {
    const value = x[i] ?? 0;
    da += value * (a[i] ?? 0);
    db += value * (b[i] ?? 0);
    dc += value * (c[i] ?? 0);
    dd += value * (d[i] ?? 0);
  }
  for (let i = 0; i < x.length; i += 1) {
    x[i] = (x[i] ?? 0) - (da * (a[i] ?? 0) + db * (b[i] ?? 0) + (dc * (c[i] ?? 0) + dd * (d[i] ?? 0)));
  }
}

/** Takes from each of `vectors` its parts along `others`, which are orthonormal. */
function free(vectors: readonly Float64Array[], others: readonly Float64Array[]): void {
  let from = 0;
  for (; from + 4 <= others.length; from += 4) {
    const [a, b, c, d] = others.slice(from, from + 4);
    if (a === undefined || b === undefined || c === undefined || d === undefined) return;
    for (const vector of vectors) removeParts(vector, [a, b, c, d]);
  }
  for (const other of others.slice(from)) for (const vector of vectors) removePart(vector, other);
}

function lengthOf(vector: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i += 1) sum += (vector[i] ?? 0) ** 2;
  return Math.sqrt(sum);
}

/** Gram-Schmidt, a panel of vectors at a time; in place. */
function orthonormalise(vectors: readonly Float64Array[]): void {
  const lengths = vectors.map(lengthOf);
  for (let first = 0; first < vectors.length; first += panel) {
    const end = Math.min(first + panel, vectors.length);
    free(vectors.slice(first, end), vectors.slice(0, first));
    for (let v = first; v < end; v += 1) {
      const vector = vectors[v] ?? new Float64Array(0);
      free([vector], vectors.slice(first, v));
      if (lengthOf(vector) < enough * (lengths[v] ?? 0)) free([vector], vectors.slice(0, v));
      const scale = 1 / lengthOf(vector);
      for (let i = 0; i < vector.length; i += 1) vector[i] = (vector[i] ?? 0) * scale;
    }
  }
}

/**
 * The Q of a QR decomposition whose R has a positive diagonal, which is the only such one: torch.nn.init.orthogonal_ reaches it by the
 * signs of R's diagonal. Of a matrix [rows, cols] the vectors are its columns, or its rows where rows < cols.
 * @param at the matrix's value at an index of [rows, cols], row by row
 * @returns that of Q
 */
export function orthonormalised(
  at: (index: number) => number,
  rows: number,
  cols: number,
): (index: number) => number {
  const isWide = rows < cols;
  const [count, length] = isWide ? [rows, cols] : [cols, rows];
  const place = (v: number, i: number): number => (isWide ? v * cols + i : i * cols + v);
  const vectors = Array.from({ length: count }, (_value, v) => {
    const vector = new Float64Array(length);
    for (let i = 0; i < length; i += 1) vector[i] = at(place(v, i));
    return vector;
  });
  orthonormalise(vectors);
  return (index) => {
    const [row, column] = [Math.floor(index / cols), index % cols];
    return (isWide ? vectors[row]?.[column] : vectors[column]?.[row]) ?? 0;
  };
}

export const orthogonal = defineInitialisation('orthogonal', {
  pytorch: 'nn.init.orthogonal_(w, gain)',
  fields: { gain },
  work: ({ shape, count }) => {
    const rows = shape[0] ?? 1;
    return 2 * count * Math.min(rows, count / rows);
  },
  draw: (spec, tensor): Drawn => {
    if (tensor.role === 'bias') return zeros(tensor);
    const { shape, count, key } = tensor;
    const rows = shape[0] ?? 1;
    const q = orthonormalised((index) => normal(key, index), rows, count / rows);
    const data = new Float32Array(count);
    for (let i = 0; i < count; i += 1) data[i] = spec.gain * q(i);
    return data;
  },
});
