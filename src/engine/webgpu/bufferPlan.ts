/**
 * Gives the tensors of a program buffers, which those share that never live together. Whole buffers rather than places in
 * one: WebGPU does not let a dispatch read and write the same buffer, however far apart.
 */
import type { Program, Resource, Tensor } from '@/engine/webgpu/program';

/** Bindings and copies are whole vectors. */
const alignment = 16;

export interface BufferPlan {
  /** Largest first, each with the name of its largest tensor. */
  readonly buffers: readonly Resource[];
  /** The buffer of each tensor, as an index of buffers. */
  readonly places: ReadonlyMap<Tensor, number>;
}

interface Lifetime {
  readonly tensor: Tensor;
  readonly first: number;
  last: number;
}

function lifetimes(program: Program): Lifetime[] {
  const found = new Map<Tensor, Lifetime>();
  program.dispatches.forEach(({ tensors }, at) => {
    for (const tensor of tensors) {
      if (tensor.home !== null) continue;
      const known = found.get(tensor);
      if (known === undefined) found.set(tensor, { tensor, first: at, last: at });
      else known.last = at;
    }
  });
  for (const tensor of program.kept.values()) {
    const known = found.get(tensor);
    if (known !== undefined) known.last = Number.POSITIVE_INFINITY;
  }
  return [...found.values()];
}

/**
 * Largest first, each in the smallest buffer that is free for its whole lifetime ("greedy by size" for shared objects;
 * Pisarchyk and Lee 2020). Pure: the same program gives the same plan.
 */
export function planBuffers(program: Program): BufferPlan {
  const buffers: Resource[] = [];
  const tenants: Lifetime[][] = [];
  const places = new Map<Tensor, number>();
  for (const life of lifetimes(program).sort((a, b) => b.tensor.bytes - a.tensor.bytes)) {
    // Later buffers are smaller, since tensors come by size.
    let place = tenants.findLastIndex((others) =>
      others.every((other) => other.last < life.first || life.last < other.first),
    );
    if (place === -1) {
      place = buffers.length;
      const bytes = Math.ceil(life.tensor.bytes / alignment) * alignment;
      buffers.push({ name: life.tensor.name, bytes });
      tenants.push([]);
    }
    tenants[place]?.push(life);
    places.set(life.tensor, place);
  }
  return { buffers, places };
}
