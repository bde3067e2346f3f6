/** Puts our kernels into tfjs's registry. Call it after a backend's package is loaded, since that registers tfjs's own. */
import type { BackendName } from '@/model/backend';
import { registerChannelDot } from '@/engine/kernels/channelDot';
import { registerConv2dBackprop } from '@/engine/kernels/conv2dBackpropWasm';
import { registerGatherImages } from '@/engine/kernels/gatherImages';
import { registerHashDropoutMask } from '@/engine/kernels/hashDropoutMask';
import { registerMatMulWasm } from '@/engine/kernels/matMulWasm';
import { registerMaxPoolGrad } from '@/engine/kernels/maxPoolGrad';
import { registerOrderedMatMul } from '@/engine/kernels/orderedMatMul';

/** Safe to repeat. */
export function registerKernels(backend: BackendName): void {
  registerHashDropoutMask(backend);
  registerMaxPoolGrad(backend);
  registerChannelDot(backend);
  if (backend === 'wasm') {
    registerConv2dBackprop();
    registerMatMulWasm();
  }
  if (backend === 'webgpu') {
    registerGatherImages();
    registerOrderedMatMul();
  }
}
