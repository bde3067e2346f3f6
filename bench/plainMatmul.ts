/** What kernels are compared with: a matrix product as one writes it without knowing the adapter. */
import type { Kernel } from '@/engine/webgpu/kernel';
import { floats } from '@/engine/webgpu/kernels/source';
import { gridOf, type KernelSequence } from '@/engine/webgpu/kernels/convShape';

/** c [rows][columns] = a [rows][depth] b [depth][columns]. */
export interface MatmulShape {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

const lanes = 64;
const bare = { declarations: [], workgroupArrays: [], usesSubgroups: false };
const vectorsOf = (count: number): number => Math.ceil(count / 4);

/** Register-tiled: 4 x 4 values a thread, vec4 loads. Each side is filled up to a multiple of 4. */
export function plainMatmul(shape: MatmulShape): KernelSequence {
  const rows = vectorsOf(shape.rows);
  const columns = vectorsOf(shape.columns);
  const depth = vectorsOf(shape.depth);
  // Up to 8 threads side by side, as many below each other as fill the workgroup.
  const across = [8, 4, 2].find((count) => columns % count === 0) ?? 1;
  const down = lanes / across;
  const names = [0, 1, 2, 3];
  const tilesAcross = columns / across;
  const { workgroups, index } = gridOf(tilesAcross * Math.ceil(rows / down));
  const body = `  let id = vec2u(lane % ${across}u, lane / ${across}u);
  let tile = ${index};
  let column = tile % ${tilesAcross}u * ${across}u + id.x;
  let row = (tile / ${tilesAcross}u * ${down}u + id.y) * 4u;
  if (row >= ${4 * rows}u) { return; }
  ${names.map((i) => `var c${i} = vec4f();`).join(' ')}
  for (var k = 0u; k < ${depth}u; k++) {
    ${names.map((i) => `let a${i} = a[(row + ${i}u) * ${depth}u + k]; let b${i} = b[(k * 4u + ${i}u) * ${columns}u + column];`).join('\n    ')}
    ${names.map((i) => names.map((j) => `c${i} = fma(vec4f(a${i}[${j}]), b${j}, c${i});`).join(' ')).join('\n    ')}
  }
  ${names.map((i) => `c[(row + ${i}u) * ${columns}u + column] = c${i};`).join(' ')}`;
  const kernel: Kernel = {
    ...bare,
    label: `plain matmul ${shape.rows} x ${shape.depth} x ${shape.columns}`,
    bindings: [floats('a', 'read', 4), floats('b', 'read', 4), floats('c', 'read_write', 4)],
    lanes,
    body,
    workgroups,
  };
  const lengths = { a: 16 * rows * depth, b: 16 * depth * columns, c: 16 * rows * columns };
  return { kernels: [kernel], partialsLength: 0, lengths };
}

/** One invocation that stores one value: the least time that a dispatch takes. */
export function leastDispatch(): KernelSequence {
  const kernel: Kernel = {
    ...bare,
    label: 'least dispatch',
    bindings: [floats('c', 'read_write')],
    lanes: 1,
    body: '  c[0] += 1.0;',
    workgroups: [1, 1, 1],
  };
  return { kernels: [kernel], partialsLength: 0, lengths: { c: 4 } };
}
