/** Test helper: dispatches single kernels with plain arrays as their buffers. */
import type { Kernel } from '@/engine/webgpu/kernel';
import { PipelineCache } from '@/engine/webgpu/pipelines';

export type BufferData = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
type NamedData = Readonly<Record<string, BufferData>>;

function createBuffer(device: GPUDevice, data: BufferData): GPUBuffer {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const buffer = device.createBuffer({ size: data.byteLength, usage });
  device.queue.writeBuffer(buffer, 0, data);
  return buffer;
}

async function readBuffer(device: GPUDevice, buffer: GPUBuffer, like: BufferData): Promise<BufferData> {
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const readback = device.createBuffer({ size: buffer.size, usage });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, readback, 0, buffer.size);
  device.queue.submit([encoder.finish()]);
  await readback.mapAsync(GPUMapMode.READ);
  const bytes = readback.getMappedRange().slice(0);
  readback.destroy();
  return like instanceof Float32Array ? new Float32Array(bytes) : new Uint32Array(bytes);
}

async function encode(
  cache: PipelineCache,
  device: GPUDevice,
  kernels: readonly Kernel[],
  buffers: ReadonlyMap<string, GPUBuffer>,
): Promise<GPUCommandBuffer> {
  const pipelines = await Promise.all(kernels.map((kernel) => cache.get(kernel)));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  kernels.forEach((kernel, at) => {
    const made = pipelines[at];
    if (made === undefined) return;
    const entries = kernel.bindings.map(({ name }, binding) => {
      const buffer = buffers.get(name);
      if (buffer === undefined) throw new Error(`${kernel.label} lacks a buffer ${name}.`);
      return { binding, resource: { buffer } };
    });
    pass.setPipeline(made.pipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout: made.layout, entries }));
    pass.dispatchWorkgroups(...kernel.workgroups);
  });
  pass.end();
  return encoder.finish();
}

/**
 * Runs the kernels in order on buffers that hold `data`; gives each buffer as it stands then, of the type that went in.
 * @throws Error with the first validation error, EngineError when a kernel does not compile.
 */
export async function runKernels<Data extends NamedData>(
  device: GPUDevice,
  kernels: readonly Kernel[],
  data: Data,
): Promise<Data> {
  const cache = new PipelineCache(device);
  const buffers = new Map(Object.entries(data).map(([name, values]) => [name, createBuffer(device, values)]));
  const commands = await encode(cache, device, kernels, buffers);
  device.pushErrorScope('validation');
  device.queue.submit([commands]);
  const error = await device.popErrorScope();
  if (error !== null) throw new Error(error.message);
  const results: Record<string, BufferData> = {};
  for (const [name, values] of Object.entries(data)) {
    const buffer = buffers.get(name);
    if (buffer !== undefined) results[name] = await readBuffer(device, buffer, values);
    buffer?.destroy();
  }
  return results as unknown as Data;
}
