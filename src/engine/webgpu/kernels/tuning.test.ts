// A tile that takes more workgroup memory than every device has makes a kernel that does not compile, on real GPUs alone.
import { describe, expect, it } from 'vitest';
import { workgroupBytes } from '@/engine/webgpu/kernel';
import { convForward, convInputGradient, convWeightGradient } from '@/engine/webgpu/kernels/conv';
import type { KernelTarget } from '@/engine/webgpu/kernels/convShape';
import { ruleChoices, type TileChoice } from '@/model/tileChoices';

const sizes = [1, 2, 3].flatMap((pool) =>
  [1, 6, 16, 64].flatMap((inChannels) =>
    [4, 10, 64, 256].flatMap((outChannels) =>
      [5, 14, 40].map((height) => ({ pool, inChannels, outChannels, height, width: height })),
    ),
  ),
);
const wider: TileChoice = { ...ruleChoices.fpropDgrad, rows: 2, columns: 2 };

describe('tiles of a real GPU', () => {
  it.each([
    ['by the rules', ruleChoices],
    ['twice as large', { fpropDgrad: wider, wgrad: wider }],
  ])('keep within the workgroup memory of every device: %s', (_, choices) => {
    const target: KernelTarget = { isSoftware: false, choices };
    const used = sizes.map((size) => {
      const shape = { ...size, batch: 8, kernelSize: 3, stride: 1, padding: 1, bias: true };
      const { pool, ...single } = shape;
      const made = [
        convForward({ ...single, pool }, target),
        convInputGradient(single, target),
        convWeightGradient(single, target),
      ];
      return Math.max(...made.flatMap(({ kernels }) => kernels.map(workgroupBytes)));
    });
    expect(Math.max(...used)).toBeLessThanOrEqual(16384);
    expect(Math.max(...used)).toBeGreaterThan(8192);
  });
});
