/**
 * The sum of an fprop or dgrad kernel on a real GPU with workgroup tiling: in each step all lanes together load a stretch of 16 products
 * for the tile's rows and columns, each value once, and then multiply it out of there. For channels that fill vectors of 4.
 */
import type { WorkgroupArray } from '@/engine/webgpu/kernel';
import { needsEdges, windowOf, type Plan } from '@/engine/webgpu/kernels/fpropDgradPlan';
import { partLoops, rowSetup, sumParts } from '@/engine/webgpu/kernels/fpropDgradLoops';
import { sumNames } from '@/engine/webgpu/kernels/fpropDgradSum';
import { lines, range, tileSize, u } from '@/engine/webgpu/kernels/gemmTile';

/** Products of a step, and the vectors of 4 that they are. */
const depth = 16;
const vectors = depth / 4;
// A vector more than there are keeps neighbouring rows in different banks of the memory.
const pitch = vectors + 1;

/** Whether the tile asks for it and the shapes allow it. */
export const usesWorkgroupTiling = (plan: Plan): boolean =>
  plan.tile.workgroupTiling && plan.inputWidth === 4 && plan.weightWidth === 4 && windowOf(plan) === 1;

/** The same plan with the rows of the tile as they are loaded: `vectors` lanes side by side take a row each. */
export function loadingPlan(plan: Plan): Plan {
  const { tile } = plan;
  const rows = (tileSize(tile).high * vectors) / tile.lanes;
  return { ...plan, blocks: vectors, tile: { ...tile, columnLanes: vectors, rows } };
}

/** WGSL that puts the step's weights into `tileB`: rows of columns in fprop, columns of products in dgrad. */
function weightLoads({ params, tile, run }: Plan): string {
  const { wide } = tileSize(tile);
  const quads = wide / 4;
  const isFprop = params.direction === 'fprop';
  return lines((wide * vectors) / tile.lanes, (i) => {
    const spot = `(lane + ${u(i * tile.lanes)})`;
    if (!isFprop) {
      const column = `${spot} / ${u(vectors)}`;
      return `tileB[(${column} % 4u * ${u(quads)} + ${column} / 4u) * ${u(pitch)} + ${spot} % ${u(vectors)}] = load_weight(weightRow + ${column} * ${u(params.input.channels)} + j + ${spot} % ${u(vectors)} * 4u);`;
    }
    const row = `(j + ${spot} / ${u(quads)})`;
    const load = (at: string): string =>
      `load_weight(weightRow + ${at} * ${u(params.output.channels)} + ${spot} % ${u(quads)} * 4u)`;
    return run % depth === 0
      ? `tileB[${spot}] = ${load(row)};`
      : `tileB[${spot}] = select(vec4f(), ${load(`min(${row}, ${u(run - 1)})`)}, ${row} < ${u(run)});`;
  });
}

/** WGSL that multiplies the vectors `k` of all products of the step. */
function products({ params, tile }: Plan): string {
  const { rowLanes, wide } = tileSize(tile);
  const quads = tile.columns / 4;
  const rows = lines(tile.rows, (p) => `let a${p} = tileA[(ownRow + ${u(p * rowLanes)}) * ${u(pitch)} + k];`);
  const multiply = (i: number, q: number, w: string): string =>
    `{ let w = ${w}; ${range(tile.rows)
      .map((p) => `sum${p}_${q} = fma(vec4f(a${p}[${i}]), w, sum${p}_${q});`)
      .join(' ')} }`;
  const place = (q: number): string => `ownColumn * ${u(quads)} + ${u(q)}`;
  if (params.direction === 'fprop') {
    const each = (i: number): string =>
      lines(quads, (q) => multiply(i, q, `tileB[(k * 4u + ${u(i)}) * ${u(wide / 4)} + ${place(q)}]`));
    return `${rows}\n${lines(4, each)}`;
  }
  return `${rows}
${lines(quads, (q) => {
  const columns = range(4).map(
    (c) => `let w${c} = tileB[(${u((c * wide) / 4)} + ${place(q)}) * ${u(pitch)} + k];`,
  );
  return `{ ${columns.join(' ')}
${lines(4, (i) => multiply(i, q, `vec4f(w0[${i}], w1[${i}], w2[${i}], w3[${i}])`))} }`;
})}`;
}

/** The whole sum, with the memory that it needs. */
export function workgroupSummation(plan: Plan): {
  readonly workgroupArrays: readonly WorkgroupArray[];
  readonly code: string;
} {
  const { params, tile } = plan;
  const loading = loadingPlan(plan);
  const { high, wide } = tileSize(tile);
  const edge = (p: number): string => (needsEdges(plan) ? `edge${p}, ok${p}` : '0u, true');
  const { rowLanes } = tileSize(loading.tile);
  const turn = (from: string, to: string): string => `for (var j = ${from}; j < ${to}; j += ${u(depth)}) {
${lines(
  loading.tile.rows,
  (p) =>
    `tileA[(rowLane + ${u(p * rowLanes)}) * ${u(pitch)} + lane % ${u(vectors)}] = input(at${p}, ${edge(p)}, j + lane % ${u(vectors)} * 4u);`,
)}
${weightLoads(plan)}
workgroupBarrier();
for (var k = zero; k < ${u(vectors)}; k++) {
${products(plan)}
}
workgroupBarrier();
}`;
  const names = sumNames(tile);
  const { isLong } = sumParts(plan);
  const total = (name: string): string => name.replace('sum', 'total');
  const clear = names.map((name) => `${name} = vec4f();`).join(' ');
  const add = names.map((name) => `${total(name)} += ${name};`).join(' ');
  const rows = params.direction === 'fprop' ? depth * (wide / 4) : wide * pitch;
  return {
    workgroupArrays: [
      { name: 'tileA', type: 'vec4f', length: high * pitch },
      { name: 'tileB', type: 'vec4f', length: rows },
    ],
    code: `${names.map((name) => `var ${name} = vec4f();`).join(' ')}
${isLong ? names.map((name) => `var ${total(name)} = vec4f();`).join(' ') : ''}
{
let ownRow = rowLane;
let ownColumn = lane % ${u(tile.columnLanes)};
{
// The places of the rows and columns that the lane loads.
let rowLane = lane / ${u(vectors)};
let column = firstColumn;
${rowSetup(loading)}
${partLoops(loading, turn, clear, add)}
}
}
${isLong ? names.map((name) => `${name} = ${total(name)};`).join(' ') : ''}`,
  };
}
