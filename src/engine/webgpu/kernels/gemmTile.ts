/**
 * Register tiles that all matrix-like kernels share. A tile is computed by one workgroup; each invocation ("lane") holds some rows
 * and columns of it in registers. On software adapters any load from a storage buffer costs about 100 cycles for 8 lanes, also when
 * all lanes read the same address, so with subgroups all lanes hold the same columns, each loads another 4 values of the second
 * operand, and they hand them round (measured on lavapipe: 3 times the rate).
 */
import type { Declaration, Kernel, KernelBinding, WorkgroupArray } from '@/engine/webgpu/kernel';
import type { Grid } from '@/engine/webgpu/kernels/convShape';
import type { Width } from '@/engine/webgpu/kernels/source';
import { constant, fn, privateVariable } from '@/engine/webgpu/wgsl';

export interface Tile {
  /** Rows that a lane holds: pixels of a convolution, or groups of 4 weights of a weight gradient. */
  readonly rows: number;
  /** Columns that a lane holds: output channels; a multiple of 4. */
  readonly columns: number;
  /** Invocations of a workgroup. */
  readonly lanes: number;
  /** Lanes side by side that hold different columns; 1 where lanes share. */
  readonly columnLanes: number;
  /** Lanes that hold the same rows and columns, each of another part of the sum, added in workgroup memory; 1 for none. */
  readonly sumLanes: number;
  /** Whether the lanes are exactly one subgroup, and share their loads. */
  readonly subgroupBroadcast: boolean;
  /** Whether compilers may unroll loops of known length. */
  readonly unrolls: boolean;
  /** Whether operands go through workgroup memory where their shapes allow it. */
  readonly workgroupTiling: boolean;
  /** Whether rows are in the order of pixels, the images of one beside each other, so that taps outside the image are left out. */
  readonly skipsOutside?: boolean;
}

/** WebGPU's default limit of a workgroup's memory, which tfjs's device keeps. */
export const mostWorkgroupBytes = 16384;

/** Bytes of workgroup memory that joinLanes takes for so many sums of a lane, each a vec4f. */
export const joinedBytes = ({ lanes }: Pick<Tile, 'lanes'>, sums: number): number => 16 * lanes * sums;

/** WGSL of a 0 that begins a loop: one that subgroups see as uniform, and that no compiler knows where it must not unroll. */
export const loopStart = ({ unrolls }: Tile): string => (unrolls ? '0u' : 'group.z');

export const ceilDiv = (a: number, b: number): number => Math.ceil(a / b);

/** A WGSL literal of u32; negative numbers wrap, as sums of them do. */
export const u = (value: number): string => `${value >>> 0}u`;

export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Rows and columns of the whole workgroup. */
export function tileSize({ rows, columns, lanes, columnLanes, sumLanes }: Tile) {
  const rowLanes = lanes / columnLanes / sumLanes;
  return { rowLanes, high: rowLanes * rows, wide: columnLanes * columns };
}

/** The widest vectors that begin at every one of these places. */
export function widthOf(...places: readonly number[]): Width {
  if (places.every((place) => place % 4 === 0)) return 4;
  return places.every((place) => place % 2 === 0) ? 2 : 1;
}

/** `make(i)` for i in 0..count-1, a line each. */
export const lines = (count: number, make: (i: number) => string): string =>
  range(count).map(make).join('\n');

/** The second operand of one step of the sum, as units of 4 floats. */
export interface Units {
  /** Once, before the loops. */
  readonly setup: string;
  /** In each step, before the units are used. */
  readonly load: string;
  readonly unit: (index: number) => string;
}

/** Unit `u` lies at `base` + `offset(u)`; `read` is the WGSL that loads 4 floats from there. */
export function broadcastUnits(
  { lanes, subgroupBroadcast }: Tile,
  count: number,
  offset: (unit: string) => string,
  read: (at: string) => string,
): Units {
  if (!subgroupBroadcast)
    return { setup: '', load: '', unit: (index) => read(`base + ${offset(`${index}u`)}`) };
  const slots = Math.ceil(count / lanes);
  return {
    setup: lines(slots, (slot) => `let place${slot} = ${offset(`(lane + ${slot * lanes}u)`)};`),
    load: lines(slots, (slot) => `let shared${slot} = ${read(`base + place${slot}`)};`),
    unit: (index) => `subgroupBroadcast(shared${Math.floor(index / lanes)}, ${index % lanes}u)`,
  };
}

/**
 * `load_NAME(at)`: 4 floats of a buffer of vectors of `width`, single ones by a loop: each load or store in the source
 * becomes a loop over lanes in lavapipe's code, whose compile time grows faster than their number.
 */
export function loadFunction(name: string, width: Width, type: 'f' | 'u' = 'f'): Declaration {
  const bodies = {
    4: `return ${name}[at / 4u];`,
    2: `return vec4${type}(${name}[at / 2u], ${name}[at / 2u + 1u]);`,
    1: `var v = vec4${type}(); for (var i = zero; i < 4u; i++) { v[i] = ${name}[at + i]; } return v;`,
  };
  return fn(`load_${name}`, `(at: u32) -> vec4${type}`, `  ${bodies[width]}`);
}

/**
 * WGSL of whether all `terms` hold, without `&&`, which is a branch: SwiftShader's compile time doubles with each branch on the way to
 * a load, so that 28 take half a minute, which no test waits for.
 */
export const every = (terms: readonly string[]): string =>
  terms.length === 0 ? 'true' : terms.map((term) => `(${term})`).join(' & ');

/** WGSL of statements for where all `terms` hold; without a branch where there are none. */
export const when = (terms: readonly string[], statements: string): string =>
  terms.length === 0 ? statements : `if (${every(terms)}) {\n${statements}\n}`;

/** WGSL of a function's end that fills a vec4f value by value, each by the statement `load(i)` for `v[i]`. */
export const singleLoads = (load: (i: string) => string): string => `var v = vec4f();
  for (var i = zero; i < 4u; i++) { ${load('i')} }
  return v;`;

/** WGSL statement that stores vec4 `value` at `at`, of which only the columns below `channels` exist; a tile has `wide` columns. */
export function store4(
  name: string,
  at: string,
  value: string,
  { channels, wide }: { readonly channels: number; readonly wide: number },
  width: Width,
): string {
  const below = (first: string): string => (channels % wide === 0 ? '' : `if (${first} < ${channels}u)`);
  if (width === 4) return `${below('column')} { ${name}[(${at}) / 4u] = ${value}; }`;
  return width === 2
    ? `${below('column')} { ${name}[(${at}) / 2u] = ${value}.xy; }
${below('column + 2u')} { ${name}[(${at}) / 2u + 1u] = ${value}.zw; }`
    : `for (var i = zero; i < 4u && column + i < ${channels}u; i++) { ${name}[${at} + i] = ${value}[i]; }`;
}

/**
 * WGSL around the storing of a tile's sums, `names` of vec4f variables: adds those of the lanes that share a sum, in their order,
 * and lets the first of them store. `workgroupArrays` belong to the kernel.
 */
export function joinLanes(
  { lanes, sumLanes }: Tile,
  names: readonly string[],
  storing: string,
): { readonly workgroupArrays: readonly WorkgroupArray[]; readonly code: string } {
  if (sumLanes === 1) return { workgroupArrays: [], code: storing };
  const own = lanes / sumLanes;
  const place = (i: number): string => u(i * lanes);
  return {
    workgroupArrays: [{ name: 'lanesSums', type: 'vec4f', length: names.length * lanes }],
    code: `${names.map((name, i) => `lanesSums[${place(i)} + lane] = ${name};`).join(' ')}
workgroupBarrier();
if (sumLane == 0u) {
for (var other = zero + ${u(own)}; other < ${u(lanes)}; other += ${u(own)}) {
${names.map((name, i) => `${name} += lanesSums[${place(i)} + lane + other];`).join(' ')}
}
${storing}
}`,
  };
}

/**
 * While products are added up, the sums of a tile's last columns are a vec2f where `channels` fill only half of that vector: 6
 * channels take 6 products then, not 8. `low` takes these columns of a vec4f, and `whole` makes one of the finished sums.
 */
export function quadOf(
  { columns, columnLanes, sumLanes, workgroupTiling }: Tile,
  channels: number,
  q: number,
) {
  const isHalf =
    columnLanes === 1 &&
    sumLanes === 1 &&
    !workgroupTiling &&
    channels <= 4 * q + 2 &&
    columns === 4 * (q + 1);
  return isHalf
    ? { type: 'vec2f', low: '.xy', whole: (sum: string) => `vec4f(${sum}, vec2f())` }
    : { type: 'vec4f', low: '', whole: (sum: string) => sum };
}

export interface TileKernelSource {
  readonly label: string;
  readonly bindings: readonly KernelBinding[];
  readonly tile: Tile;
  readonly grid: Grid;
  readonly declarations: readonly Declaration[];
  readonly workgroupArrays: readonly WorkgroupArray[];
  /** Statements of main; they see `lane`, its place `rowLane`, `sumLane` in the tile, and the workgroup's index `tile`. */
  readonly body: string;
}

export function tileKernel(source: TileKernelSource): Kernel {
  const { label, bindings, tile, grid, declarations, workgroupArrays, body } = source;
  // Else always 0, which the compiler does not know: loops from it (or from group.z, where subgroups need uniform flow) are not unrolled.
  const zero = tile.unrolls ? constant('zero', '0u') : privateVariable('zero', 'u32');
  return {
    label,
    bindings,
    declarations: [zero, ...declarations],
    workgroupArrays,
    usesSubgroups: tile.subgroupBroadcast,
    lanes: tile.lanes,
    body: `  ${tile.unrolls ? '' : 'zero = group.z;'}
  let tile = ${grid.index};
  let rowLane = lane / ${tile.columnLanes}u % ${tileSize(tile).rowLanes}u;
  let sumLane = lane / ${tile.lanes / tile.sumLanes}u;
${body}`,
    workgroups: grid.workgroups,
  };
}
