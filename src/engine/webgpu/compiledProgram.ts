/** A program on the device: every dispatch with its pipeline and bind group, made once and then only replayed. */
import { planTensors } from '@/engine/webgpu/bufferPlan';
import type { BufferPool, DeviceMemory } from '@/engine/webgpu/deviceMemory';
import type { Pipeline, PipelineCache } from '@/engine/webgpu/pipelines';
import type { Dispatch, Program, Resource, Tensor } from '@/engine/webgpu/program';

interface Encoded {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly workgroups: Dispatch['kernel']['workgroups'];
}

/** A stretch of a GPU buffer. */
export interface BufferRange {
  readonly resource: Resource;
  readonly offset: number;
  readonly bytes: number;
}

export class CompiledProgram {
  readonly #program: Program;
  readonly #memory: DeviceMemory;
  readonly #placed: ReadonlyMap<Tensor, Resource>;
  #compiling: Promise<readonly Pipeline[]> | null = null;
  #pipelines: readonly Pipeline[] | null = null;
  #encoded: readonly Encoded[] | null = null;

  /** Plans only: takes its buffers from the pool, which are allocated later. */
  constructor(program: Program, memory: DeviceMemory, pool: BufferPool) {
    this.#program = program;
    this.#memory = memory;
    const plan = planTensors(program);
    const buffers = pool.place(plan);
    const placed = new Map<Tensor, Resource>();
    for (const [tensor, place] of plan.places) {
      const resource = buffers[place];
      if (resource !== undefined) placed.set(tensor, resource);
    }
    this.#placed = placed;
  }

  get dispatches(): readonly Dispatch[] {
    return this.#program.dispatches;
  }

  /** Every resource that a dispatch binds. */
  get resources(): readonly Resource[] {
    const found = this.dispatches.flatMap(({ tensors }) =>
      tensors.map((tensor) => this.#range(tensor).resource),
    );
    return [...new Set(found)];
  }

  /** Where a kept tensor lies after the program has run. */
  result(name: string): BufferRange {
    const tensor = this.#program.kept.get(name);
    if (tensor === undefined) throw new RangeError(`The program keeps no "${name}".`);
    return this.#range(tensor);
  }

  /** Compiles the pipelines, or waits until they are. @throws EngineError `device` where one does not compile */
  async prepare(cache: PipelineCache): Promise<void> {
    this.#compiling ??= Promise.all(this.dispatches.map(({ kernel }) => cache.get(kernel)));
    this.#pipelines = await this.#compiling;
  }

  get isReady(): boolean {
    return this.#pipelines !== null;
  }

  /** Forgets the bind groups, since a buffer was replaced. */
  rebind(): void {
    this.#encoded = null;
  }

  /** Records all dispatches. */
  encode(pass: GPUComputePassEncoder): void {
    this.#encoded ??= this.#bind();
    let last: GPUComputePipeline | null = null;
    for (const { pipeline, group, workgroups } of this.#encoded) {
      if (pipeline !== last) pass.setPipeline(pipeline);
      last = pipeline;
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
    }
  }

  #bind(): Encoded[] {
    return this.dispatches.map((dispatch, i) => {
      const made = this.#pipelines?.[i];
      if (made === undefined) throw new RangeError('prepare() comes before encode().');
      const group = this.#bindGroup(dispatch, made.layout);
      return { pipeline: made.pipeline, group, workgroups: dispatch.kernel.workgroups };
    });
  }

  #range(tensor: Tensor): BufferRange {
    if (tensor.storage !== null) return { ...tensor.storage, bytes: tensor.bytes };
    const resource = this.#placed.get(tensor);
    if (resource === undefined) throw new RangeError(`${tensor.name} is never used.`);
    return { resource, offset: 0, bytes: tensor.bytes };
  }

  #bindGroup({ kernel, tensors }: Dispatch, layout: GPUBindGroupLayout): GPUBindGroup {
    return this.#memory.device.createBindGroup({
      label: kernel.label,
      layout,
      entries: tensors.map((tensor, binding) => {
        const { resource, offset, bytes } = this.#range(tensor);
        return { binding, resource: { buffer: this.#memory.buffer(resource), offset, size: bytes } };
      }),
    });
  }
}
