/** Measures kernels on a device, and chooses their tiles by it. */
import type { KernelSequence, KernelTarget } from '@/engine/webgpu/kernels/convShape';
import { candidates } from '@/engine/webgpu/kernels/tuning';
import { PipelineCache } from '@/engine/webgpu/pipelines';

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

/** Makes a kernel for a target, such as `(target) => convForward(params, target)`. */
export type KernelMaker = (target: KernelTarget) => KernelSequence;

const labelOf = ({ kernels }: KernelSequence): string => kernels[0]?.label ?? '';

async function fastest(
  device: GPUDevice,
  cache: PipelineCache,
  make: KernelMaker,
  target: KernelTarget,
): Promise<string | null> {
  const label = labelOf(make(target));
  const named: readonly (string | null)[] = [null, ...candidates(target)];
  const timed: { readonly choice: string | null; readonly sequence: TimedSequence; best: number }[] = [];
  for (const choice of named) {
    const sequence = make(choice === null ? target : { ...target, choices: new Map([[label, choice]]) });
    // oxlint-disable-next-line no-await-in-loop -- a measurement wants the device for itself
    timed.push({
      choice,
      sequence: await timedSequence(device, cache, sequence),
      best: Number.POSITIVE_INFINITY,
    });
  }
  for (let round = 0; round < 3; round += 1) {
    for (const entry of timed) {
      // oxlint-disable-next-line no-await-in-loop -- as above
      entry.best = Math.min(entry.best, await entry.sequence.run(round === 0 ? 1 : 4));
    }
  }
  timed.forEach(({ sequence }) => sequence.destroy());
  // The heuristics' tile stays unless another one is clearly better.
  const [standard] = timed;
  const limit = (standard?.best ?? 0) * 0.93;
  const better = timed.filter(({ best }) => best < limit).toSorted((a, b) => a.best - b.best);
  return better[0]?.choice ?? null;
}

/**
 * Chooses a tile for each kernel by a short measurement: every candidate in turn, the best of three rounds. It stops after
 * `milliseconds`; kernels that were not reached keep the heuristics. Keep the result per adapter, as `choices` of KernelTarget.
 */
export async function tune(
  device: GPUDevice,
  makers: readonly KernelMaker[],
  target: KernelTarget,
  milliseconds = 2000,
): Promise<Map<string, string>> {
  const choices = new Map<string, string>();
  const seen = new Set<string>();
  const cache = new PipelineCache(device);
  const end = performance.now() + milliseconds;
  for (const make of makers) {
    const label = labelOf(make(target));
    if (seen.has(label)) continue;
    seen.add(label);
    if (performance.now() > end) break;
    // oxlint-disable-next-line no-await-in-loop -- a measurement wants the device for itself
    const choice = await fastest(device, cache, make, target);
    if (choice !== null) choices.set(label, choice);
  }
  return choices;
}
