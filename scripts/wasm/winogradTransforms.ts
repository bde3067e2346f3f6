/**
 * The one-dimensional transforms of Winograd's convolutions F(2, 3), F(4, 3), F(4, 4) and F(4, 5) (Lavin and Gray 2016, "Fast algorithms for
 * convolutional neural networks"), as short sums. With the interpolation points p and
 * infinity, y = A^T [(G g) * (B^T d)]; B, G^T and A are the transposes, for the gradients. The points are those that round least
 * among small ones (Barabasz et al. 2020, "Error analysis and improving the accuracy of Winograd convolution").
 */

/** target = the sum of factor * name over the terms. */
export interface Sum {
  readonly target: string;
  readonly terms: readonly (readonly [factor: number, name: string])[];
}

/** Inputs are named i0, i1, ..., outputs o0, o1, ... */
export interface Transform {
  readonly inputs: number;
  readonly outputs: number;
  readonly sums: readonly Sum[];
}

/** "o1 = a + 1.5 b - c" */
function parse(line: string): Sum {
  const [target = '', right = ''] = line.split(' = ');
  const terms = [...right.matchAll(/([+-]?)\s*([\d.]*)\s*([a-z]\d)/gu)].map(
    ([, sign, factor, name = '']) =>
      [(sign === '-' ? -1 : 1) * (factor === '' ? 1 : Number(factor)), name] as const,
  );
  return { target, terms };
}

function network(inputs: number, outputs: number, text: string): Transform {
  return {
    inputs,
    outputs,
    sums: text
      .trim()
      .split(/\s*;\s*/u)
      .filter((line) => line !== '')
      .map(parse),
  };
}

/** Values of `transform` on numbers. */
export function apply({ outputs, sums }: Transform, inputs: readonly number[]): number[] {
  const values = new Map<string, number>(inputs.map((value, i) => [`i${i}`, value]));
  for (const { target, terms } of sums)
    values.set(
      target,
      terms.reduce((sum, [factor, name]) => sum + factor * (values.get(name) ?? NaN), 0),
    );
  return Array.from({ length: outputs }, (_, i) => values.get(`o${i}`) ?? NaN);
}

function dense(matrix: readonly (readonly number[])[]): Transform {
  return {
    inputs: matrix[0]?.length ?? 0,
    outputs: matrix.length,
    sums: matrix.map((row, o) => ({
      target: `o${o}`,
      terms: row.map((factor, i) => [factor, `i${i}`] as const).filter(([factor]) => factor !== 0),
    })),
  };
}

/** G: row p holds p^i over the product of p's distances to the other points; infinity takes the last tap. */
function weightMatrix(points: readonly number[], taps: number): number[][] {
  const rows = points.map((p) => {
    const distance = points.filter((q) => q !== p).reduce((product, q) => product * (p - q), 1);
    return Array.from({ length: taps }, (_, i) => p ** i / distance);
  });
  return [...rows, Array.from({ length: taps }, (_, i) => (i === taps - 1 ? 1 : 0))];
}

const transposed = (matrix: readonly (readonly number[])[]): number[][] =>
  (matrix[0] ?? []).map((_, i) => matrix.map((row) => row[i] ?? 0));

export type SchemeNumber = 2 | 3 | 4 | 5;

export interface Scheme {
  readonly taps: number;
  readonly points: readonly number[];
  /** B^T and B. */
  readonly input: Transform;
  readonly inputTransposed: Transform;
  /** A^T and A. */
  readonly output: Transform;
  readonly outputTransposed: Transform;
  /** G and G^T. */
  readonly weight: Transform;
  readonly weightTransposed: Transform;
}

function scheme(
  points: readonly number[],
  taps: number,
  sums: {
    readonly input: string;
    readonly inputTransposed: string;
    readonly output: string;
    readonly outputTransposed: string;
  },
): Scheme {
  const size = points.length + 1;
  const weights = weightMatrix(points, taps);
  return {
    taps,
    points,
    input: network(size, size, sums.input),
    inputTransposed: network(size, size, sums.inputTransposed),
    output: network(size, size + 1 - taps, sums.output),
    outputTransposed: network(size + 1 - taps, size, sums.outputTransposed),
    weight: dense(weights),
    weightTransposed: dense(transposed(weights)),
  };
}

/** Two outputs of a kernel of 3, then four of one of 3, of 4 and of 5, under the numbers that the kernels know them by. */
export const schemes: Readonly<Record<SchemeNumber, Scheme>> = {
  // x (x^2 - 1)
  2: scheme([0, 1, -1], 3, {
    input: 'o0 = i2 - i0; o1 = i2 + i1; o2 = i2 - i1; o3 = i3 - i1',
    inputTransposed: 'o0 = -i0; o1 = i1 - i2 - i3; o2 = i0 + i1 + i2; o3 = i3',
    output: 'o0 = i0 + i1 + i2; o1 = i1 - i2 + i3',
    outputTransposed: 'o0 = i0; o1 = i0 + i1; o2 = i0 - i1; o3 = i1',
  }),
  // x (x^2 - 1) (x^2 + 1.5 x - 1)
  3: scheme([0, 1, -1, 0.5, -2], 3, {
    input: `s0 = i2 + 1.5 i1 - i0; s1 = i3 + 1.5 i2 - i1; s2 = i4 + 1.5 i3 - i2; s3 = i5 + 1.5 i4 - i3; e1 = i3 - i1; e2 = i4 - i2;
      o0 = s2 - s0; o1 = s2 + s1; o2 = s2 - s1; o3 = e2 + 2 e1; o4 = e2 - 0.5 e1; o5 = s3 - s1`,
    inputTransposed: `s2 = i1 + i2 + i0; s1 = i1 - i2 - i5; e2 = i3 + i4; f1 = i4 - 4 i3;
      o0 = i0; o1 = 0.5 f1 - s1 - 1.5 i0; o2 = 1.5 s1 - s2 - e2 - i0; o3 = s1 + 1.5 s2 - i5 - 0.5 f1; o4 = s2 + e2 + 1.5 i5; o5 = i5`,
    output: `s1 = i1 + i2; d1 = i1 - i2; e1 = i3 + i4;
      o0 = i0 + s1 + e1; o1 = d1 + 0.5 i3 - 2 i4; o2 = s1 + 0.25 i3 + 4 i4; o3 = d1 + i5 + 0.125 i3 - 8 i4`,
    outputTransposed: `s1 = i0 + i2; d1 = i1 + i3;
      o0 = i0; o1 = s1 + d1; o2 = s1 - d1; o3 = i0 + 0.5 i1 + 0.25 i2 + 0.125 i3; o4 = i0 - 2 i1 + 4 i2 - 8 i3; o5 = i3`,
  }),
  // x (x^2 - 1) (x^2 - 4) (x - 1/2)
  4: scheme([0, 1, -1, 2, -2, 0.5], 4, {
    input: `e0 = i1 - 0.5 i0; e1 = i2 - 0.5 i1; e2 = i3 - 0.5 i2; e3 = i4 - 0.5 i3; e4 = i5 - 0.5 i4; e5 = i6 - 0.5 i5;
      a0 = e3 - 4 e1; a1 = e4 - 4 e2; b0 = e3 - e1; b1 = e4 - e2;
      o0 = e4 - 5 e2 + 4 e0; o1 = a1 + a0; o2 = a1 - a0; o3 = b1 + 2 b0; o4 = b1 - 2 b0; o5 = i5 - 5 i3 + 4 i1;
      o6 = e5 - 5 e3 + 4 e1`,
    inputTransposed: `a1 = i1 + i2; a0 = i1 - i2; b1 = i3 + i4; b0 = i3 - i4;
      e1 = 4 i6 - 4 a0 - 2 b0; e2 = -5 i0 - 4 a1 - b1; e3 = a0 + 2 b0 - 5 i6; e4 = i0 + a1 + b1;
      o0 = -2 i0; o1 = 4 i0 - 0.5 e1 + 4 i5; o2 = e1 - 0.5 e2; o3 = e2 - 0.5 e3 - 5 i5; o4 = e3 - 0.5 e4;
      o5 = e4 - 0.5 i6 + i5; o6 = i6`,
    output: `s1 = i1 + i2; d1 = i1 - i2; s2 = i3 + i4; d2 = i3 - i4;
      o0 = i0 + s1 + s2 + i5; o1 = d1 + 2 d2 + 0.5 i5; o2 = s1 + 4 s2 + 0.25 i5; o3 = d1 + i6 + 8 d2 + 0.125 i5`,
    outputTransposed: `a1 = i0 + i2; b1 = i1 + i3; a2 = i0 + 4 i2; b2 = i1 + 4 i3;
      o0 = i0; o1 = a1 + b1; o2 = a1 - b1; o3 = a2 + 2 b2; o4 = a2 - 2 b2; o5 = i0 + 0.5 i1 + 0.25 i2 + 0.125 i3; o6 = i3`,
  }),
  // x (x^2 - 1) (x^2 - 1/4) (x^2 - 4)
  5: scheme([0, 1, -1, 0.5, -0.5, 2, -2], 5, {
    input: `a1 = i2 + i6 - 4.25 i4; b1 = i1 + i5 - 4.25 i3; a2 = i6 - 5 i4 + 4 i2; b2 = i5 - 5 i3 + 4 i1;
      a3 = i6 - 1.25 i4 + 0.25 i2; b3 = i5 - 1.25 i3 + 0.25 i1; c1 = i2 - i4; c2 = i3 - i5;
      o0 = i6 - i0 + 5.25 c1; o1 = a1 + b1; o2 = a1 - b1; o3 = a2 + 0.5 b2; o4 = a2 - 0.5 b2; o5 = a3 + 2 b3; o6 = a3 - 2 b3;
      o7 = i7 - i1 + 5.25 c2`,
    inputTransposed: `a1 = i1 + i2; b1 = i1 - i2; a2 = i3 + i4; b2 = i3 - i4; a3 = i5 + i6; b3 = i5 - i6;
      o0 = -i0; o1 = b1 - i7 + 2 b2 + 0.5 b3; o2 = a1 + 5.25 i0 + 4 a2 + 0.25 a3;
      o3 = 5.25 i7 - 4.25 b1 - 2.5 b2 - 2.5 b3; o4 = -5.25 i0 - 4.25 a1 - 5 a2 - 1.25 a3;
      o5 = b1 - 5.25 i7 + 0.5 b2 + 2 b3; o6 = a1 + a2 + a3 + i0; o7 = i7`,
    output: `s1 = i1 + i2; d1 = i1 - i2; s2 = i3 + i4; d2 = i3 - i4; s3 = i5 + i6; d3 = i5 - i6;
      o0 = i0 + s1 + s2 + s3; o1 = d1 + 0.5 d2 + 2 d3; o2 = s1 + 0.25 s2 + 4 s3; o3 = d1 + i7 + 0.125 d2 + 8 d3`,
    outputTransposed: `a1 = i0 + i2; b1 = i1 + i3; a2 = i0 + 0.25 i2; b2 = i1 + 0.25 i3; a3 = i0 + 4 i2; b3 = i1 + 4 i3;
      o0 = i0; o1 = a1 + b1; o2 = a1 - b1; o3 = a2 + 0.5 b2; o4 = a2 - 0.5 b2; o5 = a3 + 2 b3; o6 = a3 - 2 b3; o7 = i3`,
  }),
};
