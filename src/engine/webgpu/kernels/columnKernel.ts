/** Kernels that sum or map columns of a matrix in parts of its rows, by a lane for each part or by several that share it. */
import type { Kernel } from '@/engine/webgpu/kernel';
import { gridOf } from '@/engine/webgpu/kernels/convShape';
import { moduleKernel, threadKernel, type KernelSource } from '@/engine/webgpu/kernels/source';

const workgroupSize = 64;

export interface Columns {
  /** Vectors of a row. */
  readonly columns: number;
  readonly parts: number;
  /** Lanes of a workgroup that share a part; 1 on software adapters, whose barriers are slow. */
  readonly rowLanes: number;
  /** WGSL type of the sums. */
  readonly type: 'f32' | 'vec4f';
}

/** WGSL that gives the variables `names` the sums over all lanes of the part, in the same order for each. */
export function joinRows({ rowLanes }: Columns, names: readonly string[]): string {
  if (rowLanes === 1) return '';
  const own = workgroupSize / rowLanes;
  const place = (i: number): string => `${i * workgroupSize}u`;
  // The memory may still be read for an earlier sum.
  return `workgroupBarrier();
  ${names.map((name, i) => `joined[${place(i)} + lane] = ${name};`).join(' ')}
  workgroupBarrier();
  ${names.map((name, i) => `${name} = joined[${place(i)} + lane % ${own}u];`).join(' ')}
  for (var other = lane % ${own}u + ${own}u; other < ${workgroupSize}u; other += ${own}u) {
    ${names.map((name, i) => `${name} += joined[${place(i)} + other];`).join(' ')}
  }`;
}

/**
 * `body` runs for each column `c` and `part` in `rowLanes` lanes, `rowLane` of them, and may use `zero`; it sums at most two variables by
 * joinRows, and stores only where `isLive`.
 */
export function columnKernel(source: KernelSource, shape: Columns, body: string): Kernel {
  const { columns, parts, rowLanes, type } = shape;
  if (rowLanes === 1) {
    return threadKernel(
      source,
      columns * parts,
      `  let c = i % ${columns}u;
  let part = i / ${columns}u;
  let rowLane = zero;
  let isLive = true;
${body}`,
    );
  }
  const own = workgroupSize / rowLanes;
  const tiles = Math.ceil(columns / own);
  const grid = gridOf(tiles * parts);
  return moduleKernel(
    { ...source, workgroupArrays: [{ name: 'joined', type, length: 2 * workgroupSize }] },
    grid.workgroups,
    `  let tile = ${grid.index};
  let own = tile % ${tiles}u * ${own}u + lane % ${own}u;
  let isLive = own < ${columns}u && tile < ${tiles * parts}u;
  let c = min(own, ${columns - 1}u);
  let part = min(tile / ${tiles}u, ${parts - 1}u);
  let rowLane = lane / ${own}u;
${body}`,
  );
}
