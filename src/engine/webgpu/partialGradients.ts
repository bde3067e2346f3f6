/** Partial sums of weight gradients, which the optimizer adds up: a dispatch less for each layer. */
import type { KernelSequence } from '@/engine/webgpu/kernels/convShape';
import type { PartialGradient } from '@/engine/webgpu/kernels/optimizer';
import { stretch, whole, type Resource, type Tensor } from '@/engine/webgpu/program';
import type { Bank, Piece } from '@/engine/webgpu/runMemory';

/** Stretches of a buffer begin at multiples of 256 bytes. */
const alignment = 64;

/** Above this the sums are added at once: they would only take up memory until the update. */
const mostFloats = 2 ** 20;

export class PartialGradients implements Resource {
  readonly name = 'partial gradients';
  readonly #tensors = new Map<Bank, PartialGradient[]>();
  #floats = 0;

  get bytes(): number {
    return this.#floats * 4;
  }

  /** What is still in parts of a bank's gradients. */
  of(bank: Bank): readonly PartialGradient[] {
    return this.#tensors.get(bank) ?? [];
  }

  get tensor(): Tensor {
    return whole(this);
  }

  /** Binding `partials` of a kernel that leaves its sums, or null where it has the whole one, or leaves too much. */
  take({ left, partialsLength }: KernelSequence, weight: Piece, bias: Piece | null): Tensor | null {
    if (left === undefined || left.splits === 1 || partialsLength > mostFloats) return null;
    const place = this.#floats;
    this.#floats += Math.ceil(partialsLength / alignment) * alignment;
    const { splits, stride } = left;
    this.#add(weight, { offset: place + left.weight, splits, stride });
    if (bias !== null) this.#add(bias, { offset: place + left.bias, splits, stride });
    return stretch(this.name, this, place, partialsLength);
  }

  #add({ bank, first, count }: Piece, parts: Omit<PartialGradient, 'first' | 'count'>): void {
    const tensors = this.#tensors.get(bank) ?? [];
    tensors.push({ first, count, ...parts });
    this.#tensors.set(bank, tensors);
  }
}
