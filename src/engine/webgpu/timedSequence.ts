/** A sequence of kernels with buffers of its own, for measurements. */
import type { KernelSequence } from '@/engine/webgpu/kernels/convShape';
import type { PipelineCache } from '@/engine/webgpu/pipelines';

/** A sequence with buffers of its own, ready to be run again and again. */
export interface TimedSequence {
  /** Milliseconds of one run, measured over `times` runs in one submit. */
  readonly run: (times: number) => Promise<number>;
  readonly destroy: () => void;
}

/** Values that are not 0 and do not grow: zeros would flatter a kernel. */
function fill(device: GPUDevice, buffer: GPUBuffer, isIndex: boolean): void {
  if (isIndex) return;
  const chunk = Float32Array.from(
    { length: Math.min(buffer.size / 4, 2 ** 16) },
    (_, i) => ((i * 37) % 101) / 50 - 1,
  );
  for (let at = 0; at < buffer.size; at += chunk.byteLength)
    device.queue.writeBuffer(buffer, at, chunk, 0, Math.min(chunk.length, (buffer.size - at) / 4));
}

/** Compiles the sequence and runs it once. */
export async function timedSequence(
  device: GPUDevice,
  cache: PipelineCache,
  { kernels, lengths }: KernelSequence,
): Promise<TimedSequence> {
  const buffers = new Map<string, GPUBuffer>();
  const bufferOf = (name: string): GPUBuffer => {
    const known = buffers.get(name);
    if (known !== undefined) return known;
    const size = Math.ceil((lengths[name] ?? 4) / 4) * 16;
    const buffer = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
    fill(device, buffer, name === 'argmax');
    buffers.set(name, buffer);
    return buffer;
  };
  const pipelines = await Promise.all(kernels.map((kernel) => cache.get(kernel)));
  const steps = kernels.flatMap((kernel, i) => {
    const made = pipelines[i];
    if (made === undefined) return [];
    const entries = kernel.bindings.map(({ name }, binding) => ({
      binding,
      resource: { buffer: bufferOf(name) },
    }));
    return [
      { ...made, group: device.createBindGroup({ layout: made.layout, entries }), size: kernel.workgroups },
    ];
  });
  const run = async (times: number): Promise<number> => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let i = 0; i < times; i += 1) {
      for (const { pipeline, group, size } of steps) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(...size);
      }
    }
    pass.end();
    const start = performance.now();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    return (performance.now() - start) / times;
  };
  await run(1);
  return { run, destroy: () => buffers.forEach((buffer) => buffer.destroy()) };
}
