/**
 * The one-dimensional transforms of Winograd's convolutions F(2, 3), F(4, 3) and F(4, 5) (Lavin and Gray 2016, "Fast algorithms for
 * convolutional neural networks"), as short sums, and the AssemblyScript made from them. With the interpolation points p and
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

export type SchemeNumber = 2 | 3 | 5;

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

/** Two outputs of a kernel of 3, then four of one of 3 and of 5, under the numbers that the kernels know them by. */
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

/** The sums as statements on vectors or, for what is left at the end of a row, on single values. */
function statements({ sums }: Transform, isVector: boolean): string {
  const constant = (value: number): string => (isVector ? `f32x4.splat(${value})` : `<f32>${value}`);
  const call = (name: string, a: string, b: string): string =>
    isVector ? `f32x4.${name}(${a}, ${b})` : `(${a} ${{ add: '+', sub: '-', mul: '*' }[name] ?? ''} ${b})`;
  return sums
    .map(({ target, terms }) => {
      const [[first, name] = [0, ''], ...rest] = terms;
      const start =
        first === 1
          ? name
          : first === -1 && isVector
            ? `f32x4.neg(${name})`
            : call('mul', constant(first), name);
      const value = rest.reduce((sum, [factor, term]) => {
        if (factor === 1) return call('add', sum, term);
        if (factor === -1) return call('sub', sum, term);
        return isVector
          ? `madd(${constant(factor)}, ${term}, ${sum})`
          : `(${sum} + ${constant(factor)} * ${term})`;
      }, start);
      return `const ${target} = ${value};`;
    })
    .join('\n    ');
}

const range = (n: number): number[] => [...Array(n).keys()];

/** Bytes of channels that pass both transforms of a tile at a time, so that what lies between them stays in the level-1 cache. */
const partBytes = (scheme: SchemeNumber): number => (scheme === 5 ? 320 : 512);

/** Rows of `size` bytes: at addresses of their own, as many parameters; or `pitch` bytes apart, a constant, from one address on. */
interface Rows {
  readonly name: string;
  readonly count: number;
  readonly pitch: number | null;
}

const rowNames = ({ name, count, pitch }: Rows): string[] =>
  pitch === null ? range(count).map((i) => `${name}${i}`) : [name];

const rowParameters = (rows: Rows): string =>
  rowNames(rows)
    .map((name) => `${name}: usize`)
    .join(', ');

const rowAddress = ({ name, pitch }: Rows, i: number): string =>
  pitch === null ? `${name}${i} + c` : `${name} + c, ${i * pitch}`;

const loadRows = (rows: Rows): string =>
  range(rows.count)
    .map((i) => `const i${i} = v128.load(${rowAddress(rows, i)});`)
    .join(' ');

/**
 * `size` bytes of every input row -> `size` bytes of the output rows, which are `place` bytes apart where they have no constant pitch.
 * Constants are part of the instruction; addresses in variables are more than the registers hold.
 */
function rowFunction(name: string, transform: Transform, from: Rows, to: Rows, adds = false): string {
  const target = (o: number): string =>
    to.pitch === null ? `${to.name} + c${o === 0 ? '' : ` + ${o} * place`}` : `${to.name} + c`;
  const offset = (o: number): string => (to.pitch === null ? '' : `, ${o * to.pitch}`);
  const stores = range(transform.outputs)
    .map((o) => {
      const value = adds ? `f32x4.add(v128.load(${target(o)}${offset(o)}), o${o})` : `o${o}`;
      return `v128.store(${target(o)}, ${value}${offset(o)});`;
    })
    .join(' ');
  return `
export function ${name}(${rowParameters(from)}, ${to.name}: usize${to.pitch === null ? ', place: usize' : ''}, size: usize): void {
  for (let c: usize = 0; c < size; c += 16) {
    ${loadRows(from)}
    ${statements(transform, true)}
    ${stores}
  }
}`;
}

/** A transform of rows of weights, which may end in single values. */
function weightFunction(name: string, transform: Transform): string {
  const from: Rows = { name: 'r', count: transform.inputs, pitch: null };
  const target = (o: number): string => `out + c${o === 0 ? '' : ` + ${o} * place`}`;
  const stores = (store: string): string =>
    range(transform.outputs)
      .map((o) => `${store}(${target(o)}, o${o});`)
      .join(' ');
  return `
export function ${name}(${rowParameters(from)}, out: usize, place: usize, size: usize): void {
  let c: usize = 0;
  for (; c + 16 <= size; c += 16) {
    ${loadRows(from)}
    ${statements(transform, true)}
    ${stores('v128.store')}
  }
  for (; c < size; c += 4) {
    ${range(transform.inputs)
      .map((i) => `const i${i} = load<f32>(r${i} + c);`)
      .join(' ')}
    ${statements(transform, false)}
    ${stores('store<f32>')}
  }
}`;
}

/** The last transform of an output row, with bias and ReLU; `columns` of its pixels lie inside the image. */
function finishFunction(name: string, transform: Transform, from: Rows): string {
  return `
export function ${name}(${rowParameters(from)}, out: usize, pixel: usize, size: usize, bias: usize, relu: i32, columns: i32): void {
  const least = relu ? f32x4.splat(0) : f32x4.splat(-Infinity);
  for (let c: usize = 0; c < size; c += 16) {
    const shift = bias ? v128.load32_splat(bias + (c >> 5 << 2)) : f32x4.splat(0);
    ${loadRows(from)}
    ${statements(transform, true)}
    const to = out + c;
    ${range(transform.outputs)
      .map(
        (o) =>
          `${o > 0 ? `if (columns > ${o}) ` : ''}v128.store(to${o > 0 ? ` + ${o} * pixel` : ''}, f32x4.pmax(f32x4.add(o${o}, shift), least));`,
      )
      .join('\n    ')}
  }
}`;
}

/** A function that calls the one of the scheme; row addresses of their own come from a base and a step. */
function byScheme(
  name: string,
  of: readonly SchemeNumber[],
  rowsOf: ((s: Scheme) => number) | null,
  parameters: string,
  call: string,
): string {
  const branch = (number: SchemeNumber): string => {
    const rows =
      rowsOf === null
        ? 'r'
        : range(rowsOf(schemes[number]))
            .map((i) => `r + ${i} * step`)
            .join(', ');
    return `  if (scheme === ${number}) ${name}${number}(${rows}, ${call});`;
  };
  return `
export function ${name}(scheme: i32, r: usize${rowsOf === null ? '' : ', step: usize'}, ${parameters}): void {
${of.map(branch).join('\n')}
}`;
}

/** All transforms. */
export function winogradSource(): string {
  const forward = [2, 3, 5] as const;
  // The gradients have room for the larger tiles' rounding.
  const backward = [3, 5] as const;
  const apart = (name: string, count: number): Rows => ({ name, count, pitch: null });
  const functions = [
    ...forward.flatMap((number) => {
      const s = schemes[number];
      const n = s.input.inputs;
      const part = partBytes(number);
      const row: Rows = { name: 'r', count: n, pitch: part };
      const columns: Rows = { name: 'out', count: n, pitch: n * part };
      return [
        rowFunction(`inputColumns${number}`, s.input, apart('r', n), columns),
        rowFunction(`inputRows${number}`, s.input, row, apart('out', n)),
        rowFunction(`outputColumns${number}`, s.output, apart('r', n), columns),
        finishFunction(`outputFinish${number}`, s.output, row),
        weightFunction(`weight${number}`, s.weight),
      ];
    }),
    ...backward.flatMap((number) => {
      const s = schemes[number];
      const n = s.input.inputs;
      const m = s.output.outputs;
      const part = partBytes(number);
      const row: Rows = { name: 'r', count: n, pitch: part };
      return [
        rowFunction(`inputTransposedColumns${number}`, s.inputTransposed, apart('r', n), {
          name: 'out',
          count: n,
          pitch: n * part,
        }),
        rowFunction(`inputTransposedRows${number}`, s.inputTransposed, row, apart('out', n)),
        rowFunction(`inputTransposedAdd${number}`, s.inputTransposed, row, apart('out', n), true),
        rowFunction(`outputTransposedColumns${number}`, s.outputTransposed, apart('r', m), {
          name: 'out',
          count: n,
          pitch: m * part,
        }),
        rowFunction(
          `outputTransposedRows${number}`,
          s.outputTransposed,
          { name: 'r', count: m, pitch: part },
          apart('out', n),
        ),
        weightFunction(`weightTransposed${number}`, s.weightTransposed),
      ];
    }),
  ];
  const tile = (s: Scheme): number => s.input.inputs;
  const rowCall = ['out: usize, place: usize, size: usize', 'out, place, size'] as const;
  const columnCall = ['out: usize, size: usize', 'out, size'] as const;
  return `// Generated by scripts/buildWasm.ts from scripts/wasm/winogradTransforms.ts. Do not edit.
import { madd } from '../simd';
${functions.join('\n')}
/** Bytes of channels at a time. */
// @ts-ignore: decorator
@inline
export function partBytes(scheme: i32): usize {
  return scheme === 5 ? ${partBytes(5)} : ${partBytes(3)};
}
${byScheme('inputColumns', forward, tile, ...columnCall)}
${byScheme('inputRows', forward, null, ...rowCall)}
${byScheme('inputTransposedColumns', backward, tile, ...columnCall)}
${byScheme('inputTransposedRows', backward, null, ...rowCall)}
${byScheme('inputTransposedAdd', backward, null, ...rowCall)}
${byScheme('outputColumns', forward, tile, ...columnCall)}
${byScheme('outputFinish', forward, null, 'out: usize, pixel: usize, size: usize, bias: usize, relu: i32, columns: i32', 'out, pixel, size, bias, relu, columns')}
${byScheme('outputTransposedColumns', backward, (s) => s.output.outputs, ...columnCall)}
${byScheme('outputTransposedRows', backward, null, ...rowCall)}
${byScheme('weight', forward, (s) => s.taps, ...rowCall)}
${byScheme('weightTransposed', backward, tile, ...rowCall)}
`;
}
