/**
 * A program under construction: dispatches on tensors that have no buffer yet. Planning gives every tensor one; nothing is
 * allocated before its bytes are known.
 */
import type { Kernel } from '@/engine/webgpu/kernel';

/** One GPU buffer to be. A bank of parameters grows until the first program of a run is built. */
export interface Resource {
  readonly name: string;
  readonly bytes: number;
}

/** Values that a dispatch binds: a stretch of a resource, or (`storage` null) of a buffer that the plan finds for this program. */
export interface Tensor {
  readonly name: string;
  readonly bytes: number;
  readonly storage: { readonly resource: Resource; readonly offset: number } | null;
}

export interface Dispatch {
  readonly kernel: Kernel;
  /** In the order of kernel.bindings. */
  readonly tensors: readonly Tensor[];
  /** Never put together with others: what is taken now and then must not change the kernels of every step. */
  readonly isSeparate?: boolean;
}

/** The whole of a resource as one binding, however large it is when it is bound. */
export function whole(resource: Resource): Tensor {
  return {
    name: resource.name,
    get bytes() {
      return resource.bytes;
    },
    storage: { resource, offset: 0 },
  };
}

/** `count` floats of a resource from float `first` on. */
export function stretch(name: string, resource: Resource, first: number, count: number): Tensor {
  return { name, bytes: count * 4, storage: { resource, offset: first * 4 } };
}

export class Program {
  #dispatches: Dispatch[] = [];
  readonly #kept = new Map<string, Tensor>();

  get dispatches(): readonly Dispatch[] {
    return this.#dispatches;
  }

  /** Tensors that are read after the program's end, by name. */
  get kept(): ReadonlyMap<string, Tensor> {
    return this.#kept;
  }

  /** Puts the same work in other dispatches. */
  rearrange(change: (dispatches: readonly Dispatch[]) => readonly Dispatch[]): void {
    this.#dispatches = [...change(this.#dispatches)];
  }

  /** `count` values of 4 bytes for this program alone. What was in their place before is still there. */
  tensor(name: string, count: number): Tensor {
    return { name, bytes: count * 4, storage: null };
  }

  /** Leaves the tensor untouched until the program's end, to be read then. */
  keep(name: string, tensor: Tensor): void {
    this.#kept.set(name, tensor);
  }

  /** Moves the dispatch that was added last to the head. */
  moveLastToHead(): void {
    const last = this.#dispatches.pop();
    if (last !== undefined) this.#dispatches.unshift(last);
  }

  /** @throws RangeError where the tensors are not those that the kernel names, or two of them would alias. */
  dispatch(kernel: Kernel, operands: Readonly<Record<string, Tensor>>): void {
    const tensors = kernel.bindings.map(({ name }) => {
      const tensor = operands[name];
      if (tensor === undefined) throw new RangeError(`${kernel.label} needs a tensor "${name}".`);
      return tensor;
    });
    for (const name of Object.keys(operands)) {
      if (!kernel.bindings.some((binding) => binding.name === name))
        throw new RangeError(`${kernel.label} has no binding "${name}".`);
    }
    checkAliases(kernel, tensors);
    this.#dispatches.push({ kernel, tensors });
  }

  /** The same, never merged with another dispatch. */
  dispatchSeparately(kernel: Kernel, operands: Readonly<Record<string, Tensor>>): void {
    this.dispatch(kernel, operands);
    const last = this.#dispatches.pop();
    if (last !== undefined) this.#dispatches.push({ ...last, isSeparate: true });
  }
}

/** WebGPU refuses a buffer that one dispatch both reads and writes, or writes twice. */
function checkAliases(kernel: Kernel, tensors: readonly Tensor[]): void {
  kernel.bindings.forEach(({ name, access }, i) => {
    const tensor = tensors[i];
    if (access !== 'read_write' || tensor === undefined) return;
    tensors.forEach((other, j) => {
      if (i === j) return;
      const isWritten = kernel.bindings[j]?.access === 'read_write';
      const isSameBuffer =
        tensor.storage === null ? tensor === other : tensor.storage.resource === other.storage?.resource;
      const isApart =
        isWritten &&
        tensor.storage !== null &&
        other.storage !== null &&
        (tensor.storage.offset + tensor.bytes <= other.storage.offset ||
          other.storage.offset + other.bytes <= tensor.storage.offset);
      if (isSameBuffer && !isApart)
        throw new RangeError(`${kernel.label}: "${name}" and "${kernel.bindings[j]?.name}" share a buffer.`);
    });
  });
}
