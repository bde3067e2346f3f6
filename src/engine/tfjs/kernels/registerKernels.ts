/** Puts our kernels into tfjs's registry. Call it after a backend's package is loaded, since that registers tfjs's own. */
import type { BackendName } from '@/model/backend';
import { registerChannelDot } from '@/engine/tfjs/kernels/channelDot';
import { registerConv2dBackprop } from '@/engine/tfjs/kernels/conv2dBackpropWasm';
import { registerGatherImages } from '@/engine/tfjs/kernels/gatherImages';
import { registerHashDropoutMask } from '@/engine/tfjs/kernels/hashDropoutMask';
import { registerMatMulWasm } from '@/engine/tfjs/kernels/matMulWasm';
import { registerMaxPoolGrad } from '@/engine/tfjs/kernels/maxPoolGrad';
import { registerOrderedMatMul } from '@/engine/tfjs/kernels/orderedMatMul';

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
