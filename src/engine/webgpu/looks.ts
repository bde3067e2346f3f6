/** Programs that look at the network: they leave outputs of layers, and gradients by them, to be read. */
import { KeptOutputs, type ActivationPlan } from '@/engine/activations';
import { buildProgram, type ControlResources, type ProgramOptions } from '@/engine/webgpu/buildProgram';
import { CompiledProgram } from '@/engine/webgpu/compiledProgram';
import { BufferPool, type DeviceMemory } from '@/engine/webgpu/deviceMemory';
import type { KernelTarget } from '@/engine/webgpu/kernels/convShape';
import type { Value } from '@/engine/webgpu/lowering';
import type { PipelineCache } from '@/engine/webgpu/pipelines';
import type { Resource, Tensor } from '@/engine/webgpu/program';
import { ImageInbox } from '@/engine/webgpu/residentImages';
import type { RunMemory } from '@/engine/webgpu/runMemory';
import { classCount } from '@/model/classCounts';
import type { RunConfig } from '@/model/runConfig';

/** A program with a buffer of its own for the images that it is given. */
export interface GivenProgram {
  readonly compiled: CompiledProgram;
  readonly inbox: ImageInbox;
}

/** Is handed how what the program keeps lies. */
export type LookTask<T> = (given: GivenProgram, values: ReadonlyMap<string, Value>) => Promise<T>;

/** One that explains, and its buffer for the gradient by the logits. */
export interface GradientsProgram {
  readonly given: GivenProgram;
  readonly values: ReadonlyMap<string, Value>;
  readonly upstream: Resource;
}

interface LooksParts {
  readonly memory: DeviceMemory;
  readonly stored: RunMemory;
  readonly control: ControlResources;
  readonly target: KernelTarget;
  readonly cache: PipelineCache;
  readonly allocate: (resources: readonly Resource[]) => Promise<void>;
}

interface Opened {
  readonly given: GivenProgram;
  readonly free: () => void;
}

export class Looks {
  readonly #parts: LooksParts;
  #gradients: (GradientsProgram & Opened & { readonly key: string }) | null = null;

  constructor(parts: LooksParts) {
    this.#parts = parts;
  }

  /**
   * Runs `task` with a program for so many images that leaves the outputs of these layers to be read, and how each lies. The
   * program's memory is its own and goes with it: a look at the network is taken now and then.
   */
  async withActivations<T>(
    config: RunConfig,
    { layers, shapes }: ActivationPlan,
    images: number,
    task: LookTask<T>,
  ): Promise<T> {
    const kept = new KeptOutputs<Value>(shapes.keys());
    const look = { layers, kept, keptGradients: new KeptOutputs<Tensor>(), upstream: null };
    const { given, free } = await this.#open(config, 'eval', images, look);
    try {
      return await task(given, kept.values);
    } finally {
      free();
    }
  }

  /**
   * A program that leaves the gradients by those outputs, too. The last one is kept, with its memory: attacks, and a picture that is drawn
   * again and again, ask for it many times.
   */
  async gradientsProgram(
    config: RunConfig,
    { shapes }: Pick<ActivationPlan, 'shapes'>,
    images: number,
  ): Promise<GradientsProgram> {
    const key = JSON.stringify([images, ...shapes.keys()]);
    if (this.#gradients?.key === key) return this.#gradients;
    this.#gradients?.free();
    this.#gradients = null;
    const upstream = { name: 'gradient by the logits', bytes: images * classCount * 4 };
    const { layers } = config.network;
    const kept = new KeptOutputs<Value>(shapes.keys());
    const look = { layers, kept, keptGradients: new KeptOutputs<Tensor>(shapes.keys()), upstream };
    const opened = await this.#open(config, 'explain', images, look);
    this.#gradients = { key, ...opened, values: kept.values, upstream };
    return this.#gradients;
  }

  /** A program with memory of its own, which `free` gives back. */
  async #open(
    config: RunConfig,
    mode: 'eval' | 'explain',
    images: number,
    look: NonNullable<ProgramOptions['look']>,
  ): Promise<Opened> {
    const { memory, stored, control, target, cache, allocate } = this.#parts;
    const inbox = new ImageInbox(images);
    const program = buildProgram(config, stored, { mode, images, source: inbox, control, target, look });
    const pool = new BufferPool();
    const compiled = new CompiledProgram(program, memory, pool);
    const own = [...inbox.resources, ...(look.upstream === null ? [] : [look.upstream])];
    const free = (): void => {
      for (const resource of [...pool.resources, ...own]) memory.free(resource);
    };
    try {
      await allocate([...compiled.resources, ...inbox.resources]);
      inbox.open(memory);
      await compiled.prepare(cache);
      return { given: { compiled, inbox }, free };
    } catch (error) {
      free();
      throw error;
    }
  }
}
