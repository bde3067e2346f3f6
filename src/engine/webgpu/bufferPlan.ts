/** Gives the tensors of a program buffers, which those share that never live together. */
import { planBuffers, spansOf, type Lifetime } from '@/engine/compiling/memoryPlan';
import type { Program, Resource, Tensor } from '@/engine/webgpu/program';

/** Bindings and copies are whole vectors. */
const alignment = 16;

export interface TensorPlan {
  /** Largest first, each with the name of its largest tensor. */
  readonly buffers: readonly Resource[];
  /** The buffer of each tensor, as an index of buffers. */
  readonly places: ReadonlyMap<Tensor, number>;
}

/** The program's tensors without a resource of their own, from the first to the last dispatch that binds them. */
function lifetimes(program: Program): [Tensor, Lifetime][] {
  const uses = program.dispatches.flatMap(({ tensors }, at) =>
    tensors.filter(({ storage }) => storage === null).map((tensor) => [tensor, at] as const),
  );
  const kept = new Set(program.kept.values());
  return [...spansOf(uses)].map(([tensor, { first, last }]) => [
    tensor,
    { bytes: tensor.bytes, first, last: kept.has(tensor) ? Number.POSITIVE_INFINITY : last },
  ]);
}

/** Pure: the same program gives the same plan. */
export function planTensors(program: Program): TensorPlan {
  const lives = lifetimes(program);
  const { places, tenants } = planBuffers(lives.map(([, life]) => life));
  const buffers = tenants.map(([largest = 0]) => {
    const { name = '', bytes = 0 } = lives[largest]?.[0] ?? {};
    return { name, bytes: Math.ceil(bytes / alignment) * alignment };
  });
  return { buffers, places: new Map(lives.map(([tensor], i) => [tensor, places[i] ?? 0])) };
}
