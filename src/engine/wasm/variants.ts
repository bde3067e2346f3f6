/** The four builds of the kernels. */

export interface Variant {
  /** Relaxed SIMD: fused multiply-add, one rounding instead of two. */
  readonly relaxed: boolean;
  /** For memory that threads share; WebAssembly fixes that in the import. */
  readonly shared: boolean;
  /** Most output channels of a register tile. */
  readonly maxPanel: number;
}

export const variants = {
  simd: { relaxed: false, shared: false, maxPanel: 4 },
  simdThreads: { relaxed: false, shared: true, maxPanel: 4 },
  relaxed: { relaxed: true, shared: false, maxPanel: 4 },
  relaxedThreads: { relaxed: true, shared: true, maxPanel: 4 },
} as const satisfies Record<string, Variant>;

export type VariantName = keyof typeof variants;
