/**
 * tfjs's wasm backend as it comes: the engine on tfjs puts faster kernels in the place of some of its own, which a
 * comparison with tfjs must not count as tfjs's. What tfjs lacks stays ours, such as the weight gradient of a convolution.
 */
import { getKernel, registerKernel, unregisterKernel, type KernelConfig } from '@tensorflow/tfjs-core';

const replaced = ['BatchMatMul', 'Conv2DBackpropInput', 'MaxPoolGrad'];

/** Takes tfjs's own kernels before an engine is created; `putBack` registers them again after it. */
export async function takeStockKernels(): Promise<{ readonly putBack: () => void }> {
  await import('@tensorflow/tfjs-backend-wasm');
  const kernels: KernelConfig[] = replaced
    .map((name) => getKernel(name, 'wasm'))
    .filter((kernel) => kernel !== undefined);
  return {
    putBack: () => {
      for (const kernel of kernels) {
        unregisterKernel(kernel.kernelName, kernel.backendName);
        registerKernel(kernel);
      }
    },
  };
}
