/** Compute pipelines by their source: equal kernels are compiled once, in the background, and a WGSL error names its line. */
import { EngineError } from '@/engine/engine';
import type { BindingAccess, Kernel } from '@/engine/webgpu/kernel';
import { wgslOf } from '@/engine/webgpu/wgsl';

export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

const bindingTypes: Readonly<Record<BindingAccess, GPUBufferBindingType>> = {
  read: 'read-only-storage',
  read_write: 'storage',
  uniform: 'uniform',
};

export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #pipelines = new Map<string, Promise<Pipeline>>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Pipelines that were asked for so far. */
  get size(): number {
    return this.#pipelines.size;
  }

  /** @throws EngineError `device` with the compiler's message and the line it means */
  get(kernel: Kernel): Promise<Pipeline> {
    const wgsl = wgslOf(kernel);
    const key = `${accessesOf(kernel)}\n${wgsl}`;
    const known = this.#pipelines.get(key);
    if (known !== undefined) return known;
    const made = this.#create(kernel, wgsl);
    // Whoever awaits it hears of the error; nobody may be waiting yet.
    made.catch(() => undefined);
    this.#pipelines.set(key, made);
    return made;
  }

  async #create(kernel: Kernel, wgsl: string): Promise<Pipeline> {
    const { label } = kernel;
    const layout = this.#layout(kernel);
    // An invalid module would reach the uncaptured errors as well as the message below.
    this.#device.pushErrorScope('validation');
    const module = this.#device.createShaderModule({ label, code: wgsl });
    const scope = this.#device.popErrorScope();
    try {
      const pipeline = await this.#device.createComputePipelineAsync({
        label,
        layout: this.#device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module },
      });
      return { pipeline, layout };
    } catch (error) {
      const { messages } = await module.getCompilationInfo();
      const lines = wgsl.split('\n');
      const details = messages.map(
        ({ message, lineNum }) => `line ${lineNum}: ${message} in "${lines[lineNum - 1]?.trim() ?? ''}"`,
      );
      const why = details.length > 0 ? details.join('; ') : error instanceof Error ? error.message : '';
      throw new EngineError('device', `The kernel "${label}" does not compile: ${why}`, { cause: error });
    } finally {
      await scope;
    }
  }

  #layout(kernel: Kernel): GPUBindGroupLayout {
    const key = accessesOf(kernel);
    const known = this.#layouts.get(key);
    if (known !== undefined) return known;
    const layout = this.#device.createBindGroupLayout({
      entries: kernel.bindings.map(({ access }, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: bindingTypes[access] },
      })),
    });
    this.#layouts.set(key, layout);
    return layout;
  }
}

function accessesOf({ bindings }: Kernel): string {
  return bindings.map(({ access }) => access).join();
}
