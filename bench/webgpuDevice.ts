/** A device for benchmarks of kernels alone, as the engine would open it, without tfjs. */
import { installDawn } from '../scripts/dawn.ts';
import type { KernelTarget } from '@/engine/webgpu/kernels/convShape';
import type { TileRules } from '@/engine/webgpu/kernels/tileRules';

export interface BenchDevice {
  readonly device: GPUDevice;
  readonly target: KernelTarget;
  readonly name: string;
}

/** Ends the process at the first WebGPU error. `plain`: without subgroups; `hardware`: as if the adapter were a real GPU. */
export async function openDevice(plain = false, hardware = false): Promise<BenchDevice> {
  const adapter = await (await installDawn()).requestAdapter();
  if (adapter === null) throw new Error('No adapter.');
  const hasSubgroups = adapter.features.has('subgroups') && !plain;
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredFeatures: hasSubgroups ? ['subgroups'] : [],
    requiredLimits: { maxStorageBufferBindingSize, maxBufferSize },
  });
  device.addEventListener('uncapturederror', ({ error }) => {
    console.error(error.message);
    process.exit(1);
  });
  const { description, vendor, subgroupMinSize } = adapter.info;
  const isSoftware = !hardware && /llvmpipe|swiftshader/i.test(`${description} ${vendor}`);
  const target: KernelTarget = { isSoftware, ...(hasSubgroups ? { subgroupSize: subgroupMinSize } : {}) };
  return { device, target, name: `${vendor} ${description}, ${JSON.stringify(target)}` };
}

/** Some of TileRules as JSON, such as `{"rows":8}`. @throws SyntaxError */
export function parseRules(text: string): Partial<TileRules> {
  return JSON.parse(text) as Partial<TileRules>;
}
