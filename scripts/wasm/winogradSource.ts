/** AssemblyScript of the transforms of winogradTransforms.ts. */
import { partBytes } from '@/engine/wasm/winogradOperations';
import { range } from './tiles.ts';
import { schemes, type Scheme, type SchemeNumber, type Transform } from './winogradTransforms.ts';

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
  const forward = [2, 3, 4, 5] as const;
  // The gradients have room for the larger tiles' rounding.
  const backward = [3, 4, 5] as const;
  // For rows of tiles: see assembly/winogradRows.ts and winogradPool.ts.
  const inRows = [3, 5] as const;
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
        ...(!inRows.some((one) => one === number)
          ? []
          : [
              rowFunction(`inputAcross${number}`, s.input, apart('r', n), apart('out', n)),
              finishFunction(`outputAcross${number}`, s.output, apart('r', n)),
            ]),
        ...(number === 5
          ? [rowFunction('outputRows5', s.output, row, { name: 'out', count: s.output.outputs, pitch: part })]
          : []),
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
  return `// Generated by scripts/buildWasm.ts from scripts/wasm/winogradSource.ts. Do not edit.
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
${byScheme('outputAcross', inRows, tile, 'out: usize, pixel: usize, size: usize, bias: usize, relu: i32, columns: i32', 'out, pixel, size, bias, relu, columns')}
${byScheme('outputFinish', forward, null, 'out: usize, pixel: usize, size: usize, bias: usize, relu: i32, columns: i32', 'out, pixel, size, bias, relu, columns')}
${byScheme('outputTransposedColumns', backward, (s) => s.output.outputs, ...columnCall)}
${byScheme('outputTransposedRows', backward, null, ...rowCall)}
${byScheme('weight', forward, (s) => s.taps, ...rowCall)}
${byScheme('weightTransposed', backward, tile, ...rowCall)}
`;
}
