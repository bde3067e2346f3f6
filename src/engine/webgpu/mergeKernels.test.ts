import { describe, expect, it } from 'vitest';
import type { Kernel } from '@/engine/webgpu/kernel';
import { floats } from '@/engine/webgpu/kernels/source';
import { mergeKernels } from '@/engine/webgpu/mergeKernels';
import { fn, struct, wgslOf } from '@/engine/webgpu/wgsl';

const kernelOf = (changes: Partial<Kernel>): Kernel => ({
  label: 'kernel',
  bindings: [floats('x', 'read'), floats('y', 'read_write')],
  declarations: [],
  workgroupArrays: [],
  usesSubgroups: false,
  lanes: 64,
  body: '  y[lane] = x[lane];',
  workgroups: [3, 1, 1],
  ...changes,
});

/** Both on one x, each with a y of its own. */
function merged(first: Partial<Kernel>, second: Partial<Kernel>): Kernel | null {
  const joint = [floats('b0', 'read'), floats('b1', 'read_write'), floats('b2', 'read_write')];
  const parts = [
    { kernel: kernelOf(first), places: [0, 1] },
    { kernel: kernelOf(second), places: [0, 2] },
  ];
  return mergeKernels(parts, joint);
}

describe('mergeKernels', () => {
  it('renames what a kernel declares and binds, and nothing else', () => {
    const body = `  // half of x, at y.x
  var pair: Pair; pair.half = half(x[lane]); pair /* half */ . x = 0x1p-1f * 1e2f;
  y[lane] = pair.half + pair.x;`;
    const declarations = [
      struct('Pair', { half: 'f32', x: 'f32' }),
      fn('half', '(v: f32) -> f32', '  return 0.5f * v;'),
    ];
    const kernel = merged({ declarations, body }, { declarations: [fn('half', '()', '')] });
    expect(kernel?.declarations.map(({ name }) => name)).toEqual([
      'k0_Pair',
      'k0_half',
      'k0_main',
      'k1_half',
      'k1_main',
    ]);
    expect(kernel?.declarations[0]?.code).toBe('struct k0_Pair {\n  half: f32,\n  x: f32,\n}');
    expect(kernel?.declarations[2]?.code).toBe(`fn k0_main(group: vec3u, lane: u32) {
  // half of x, at y.x
  var pair: k0_Pair; pair.half = k0_half(b0[lane]); pair /* half */ . x = 0x1p-1f * 1e2f;
  b1[lane] = pair.half + pair.x;
}`);
    expect(kernel?.declarations[4]?.code).toContain('b2[lane] = b0[lane];');
  });

  it('lets workgroups of another size run what is no more than invocations', () => {
    const kernel = merged({ lanes: 8, usesSubgroups: true }, { lanes: 64, workgroups: [2, 1, 1] });
    expect(kernel).toMatchObject({ lanes: 8, usesSubgroups: true, workgroups: [3 + 16, 1, 1] });
    expect(kernel?.body).toContain('own < 2u');
    expect(kernel === null ? '' : wgslOf(kernel)).toMatch(/^enable subgroups;/);
  });

  it('keeps apart what needs workgroups of two sizes, or more memory than every device has', () => {
    const array = (length: number) => ({
      workgroupArrays: [{ name: 'sums', type: 'vec4f', length }] as const,
    });
    expect(merged({ lanes: 8, usesSubgroups: true }, array(64))).toBeNull();
    expect(merged(array(512), array(513))).toBeNull();
    expect(merged(array(512), array(512))?.workgroupArrays).toEqual([
      { name: 'k0_sums', type: 'vec4f', length: 512 },
      { name: 'k1_sums', type: 'vec4f', length: 512 },
    ]);
  });
});
