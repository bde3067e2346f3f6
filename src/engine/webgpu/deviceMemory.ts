/** The GPU buffers of planned resources, made once. */
import type { BufferLimits } from '@/model/backend';
import { EngineError } from '@/engine/engine';
import type { TensorPlan } from '@/engine/webgpu/bufferPlan';
import type { Resource } from '@/engine/webgpu/program';

/** Buffers that the programs of a run share, since only one runs at a time. */
export class BufferPool {
  readonly #buffers: { name: string; bytes: number }[] = [];
  #isSealed = false;

  /** The buffers for a plan; grows what is there until it is sealed, adds to it afterwards. */
  place(plan: TensorPlan): readonly Resource[] {
    return plan.buffers.map(({ name, bytes }, at) => {
      const known = this.#buffers[at];
      if (known !== undefined && !this.#isSealed && bytes > known.bytes)
        Object.assign(known, { name, bytes });
      if (known !== undefined && known.bytes >= bytes) return known;
      const made = { name, bytes };
      // A later program with a larger tensor gets a buffer of its own; places that come after it are smaller.
      if (known === undefined) this.#buffers.push(made);
      return made;
    });
  }

  /** From now on buffers exist and keep their size. */
  seal(): void {
    this.#isSealed = true;
  }

  get resources(): readonly Resource[] {
    return this.#buffers;
  }
}

export class DeviceMemory {
  readonly device: GPUDevice;
  readonly #limits: BufferLimits;
  readonly #buffers = new Map<Resource, GPUBuffer>();

  readonly #parent: DeviceMemory | null;

  /** `parent`: resources that outlive this memory. */
  constructor(device: GPUDevice, limits: BufferLimits, parent: DeviceMemory | null = null) {
    this.device = device;
    this.#limits = limits;
    this.#parent = parent;
  }

  has(resource: Resource): boolean {
    return this.#buffers.has(resource) || (this.#parent?.has(resource) ?? false);
  }

  /** Bytes allocated so far. */
  get bytes(): number {
    return [...this.#buffers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * Allocates what is missing, all or nothing.
   * @throws EngineError `limits`
   */
  async allocate(resources: readonly Resource[], what: string): Promise<void> {
    const missing = resources.filter((resource) => !this.has(resource));
    const total = missing.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const resource of missing) this.#check(resource, what);
    this.device.pushErrorScope('out-of-memory');
    for (const resource of missing) this.buffer(resource);
    const error = await this.device.popErrorScope();
    if (error === null) return;
    for (const resource of missing) this.free(resource);
    throw new EngineError(
      'limits',
      `${what} needs ${total} bytes of GPU memory, more than this GPU could give. Choose a smaller batch size or network, or the wasm backend.`,
    );
  }

  #check({ name, bytes }: Resource, what: string): void {
    for (const limit of ['maxStorageBufferBindingSize', 'maxBufferSize'] as const) {
      const allowed = this.#limits[limit] ?? Number.POSITIVE_INFINITY;
      if (bytes > allowed) {
        throw new EngineError(
          'limits',
          `${what}: ${name} needs ${bytes} bytes, this GPU allows ${allowed} (${limit}). Choose a smaller batch size or network, or the wasm backend.`,
        );
      }
    }
  }

  /** The buffer of a resource, made where it is missing. */
  buffer(resource: Resource): GPUBuffer {
    const known = this.#buffers.get(resource);
    if (known !== undefined) return known;
    if (this.#parent?.has(resource) === true) return this.#parent.buffer(resource);
    const { STORAGE, UNIFORM, COPY_SRC, COPY_DST } = GPUBufferUsage;
    const made = this.device.createBuffer({
      label: resource.name,
      // An empty bank still has to be a buffer.
      size: Math.max(16, resource.bytes),
      usage: STORAGE | UNIFORM | COPY_SRC | COPY_DST,
    });
    this.#buffers.set(resource, made);
    return made;
  }

  free(resource: Resource): void {
    this.#buffers.get(resource)?.destroy();
    this.#buffers.delete(resource);
  }

  dispose(): void {
    for (const buffer of this.#buffers.values()) buffer.destroy();
    this.#buffers.clear();
  }
}
