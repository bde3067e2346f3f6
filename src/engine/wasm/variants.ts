/**
 * The four builds of the kernels. Tile sizes are measured in Chromium 156 (bench/wasmProfile.ts): with fused multiply-add
 * tiles of more than four rows spill registers, without it smaller ones wait for their additions.
 */

export interface Variant {
  /** Relaxed SIMD: fused multiply-add, one rounding instead of two. */
  readonly relaxed: boolean;
  /** For memory that threads share; WebAssembly fixes that in the import. */
  readonly shared: boolean;
  /** Most output channels of a register tile. */
  readonly maxPanel: number;
  /** Steps of the inner loop written out in the product tile. */
  readonly unroll: number;
}

export const variants = {
  simd: { relaxed: false, shared: false, maxPanel: 6, unroll: 1 },
  simdThreads: { relaxed: false, shared: true, maxPanel: 6, unroll: 1 },
  relaxed: { relaxed: true, shared: false, maxPanel: 4, unroll: 2 },
  relaxedThreads: { relaxed: true, shared: true, maxPanel: 4, unroll: 2 },
} as const satisfies Record<string, Variant>;

export type VariantName = keyof typeof variants;
