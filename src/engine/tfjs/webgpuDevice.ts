/**
 * The GPU device that tfjs and the compiled engine share. tfjs asks for a bare one; the compiled kernels gain much from
 * subgroups, and merged ones need more bindings.
 */
import * as tf from '@tensorflow/tfjs-core';

const wantedFeatures = ['timestamp-query', 'subgroups'] as const satisfies readonly GPUFeatureName[];
/** Those that tfjs raises itself, and the number of buffers a kernel may bind. */
const raisedLimits = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
  'maxStorageBuffersPerShaderStage',
] as const;

async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  return adapter.requestDevice({
    requiredFeatures: wantedFeatures.filter((feature) => adapter.features.has(feature)),
    // A limit that a browser does not know yet must not be asked for.
    requiredLimits: Object.fromEntries(
      raisedLimits.filter((limit) => limit in adapter.limits).map((limit) => [limit, adapter.limits[limit]]),
    ),
  });
}

let isRegistered = false;

/** Registers tfjs's webgpu backend with our device in place of its own; a second call does nothing. */
export async function loadWebgpuBackend(): Promise<void> {
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  if (isRegistered) return;
  isRegistered = true;
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', async () => {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter === null) throw new Error('No GPU adapter answered.');
    return new WebGPUBackend(await requestDevice(adapter), adapter.info);
  });
}
