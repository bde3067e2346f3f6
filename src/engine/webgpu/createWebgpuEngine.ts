/** The compiled engine on tfjs's own device, so that both share one GPU and one backend choice. */
import type { BackendProbe } from '@/model/backend';
import { EngineError } from '@/engine/engine';
import { webgpuBackend } from '@/engine/kernels/tfjsInternals';
import { startBackend, type EngineOptions } from '@/engine/tfjs/backends';
import { WebgpuEngine } from '@/engine/webgpu/webgpuEngine';

/** @throws EngineError `unsupported` where WebGPU does not start */
export async function createWebgpuEngine(
  chosen: BackendProbe,
  options: EngineOptions = {},
): Promise<WebgpuEngine> {
  if (chosen.backend !== 'webgpu')
    throw new EngineError('unsupported', `The compiled engine runs on webgpu, not on ${chosen.backend}.`);
  const { info, guard } = await startBackend(chosen, options);
  const { device } = webgpuBackend();
  const subgroupSize = subgroupSizeOf(device);
  return new WebgpuEngine({
    info: { ...info, engine: 'webgpu' },
    device,
    guard,
    target: { isSoftware: info.isSoftware, ...(subgroupSize === null ? {} : { subgroupSize }) },
  });
}

/** Invocations of every subgroup, or null where there are none or they differ. */
function subgroupSizeOf({ features, adapterInfo }: GPUDevice): number | null {
  const { subgroupMinSize, subgroupMaxSize } = adapterInfo;
  return features.has('subgroups') && subgroupMinSize === subgroupMaxSize ? subgroupMinSize : null;
}
