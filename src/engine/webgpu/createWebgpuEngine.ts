/** The compiled engine on tfjs's own device, so that both share one GPU and one backend choice. */
import type { BackendProbe } from '@/model/backend';
import { EngineError } from '@/engine/engine';
import { webgpuBackend } from '@/engine/tfjs/kernels/tfjsInternals';
import { startBackend, type EngineOptions } from '@/engine/tfjs/backends';
import { toldInfo } from '@/engine/adapterInfo';
import type { KernelTarget } from '@/engine/webgpu/kernels/convShape';
import { tunedChoices } from '@/engine/webgpu/tileTuning';
import { WebgpuEngine } from '@/engine/webgpu/webgpuEngine';
import type { TileChoiceStore } from '@/model/tileChoices';

export interface WebgpuEngineOptions extends EngineOptions {
  /** Where tiles measured on a real GPU are kept; without it, tiles are the rules'. */
  readonly tileChoices?: TileChoiceStore;
}

/** @throws EngineError `unsupported` where WebGPU does not start */
export async function createWebgpuEngine(
  chosen: BackendProbe,
  options: WebgpuEngineOptions = {},
): Promise<WebgpuEngine> {
  if (chosen.backend !== 'webgpu')
    throw new EngineError('unsupported', `The compiled engine runs on webgpu, not on ${chosen.backend}.`);
  const { info, guard } = await startBackend(chosen, options);
  const { device } = webgpuBackend();
  const subgroupSize = subgroupSizeOf(device);
  const target: KernelTarget = {
    isSoftware: info.isSoftware,
    ...(subgroupSize === null ? {} : { subgroupSize }),
  };
  const { tileChoices } = options;
  const choices =
    tileChoices === undefined || info.isSoftware
      ? {}
      : { choices: await tunedChoices(device, target, tileChoices) };
  return new WebgpuEngine({
    info: { ...info, engine: 'webgpu' },
    device,
    guard,
    target: { ...target, ...choices },
  });
}

/** Invocations of every subgroup, or null where there are none or they differ. */
function subgroupSizeOf({ features, adapterInfo }: GPUDevice): number | null {
  const { subgroupMinSize, subgroupMaxSize } = toldInfo(adapterInfo);
  if (subgroupMinSize === undefined) return null;
  return features.has('subgroups') && subgroupMinSize === subgroupMaxSize ? subgroupMinSize : null;
}
