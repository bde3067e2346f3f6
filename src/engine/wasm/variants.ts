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
  simd: { relaxed: false, shared: false, maxPanel: 6 },
  simdThreads: { relaxed: false, shared: true, maxPanel: 6 },
  relaxed: { relaxed: true, shared: false, maxPanel: 6 },
  relaxedThreads: { relaxed: true, shared: true, maxPanel: 6 },
} as const satisfies Record<string, Variant>;

export type VariantName = keyof typeof variants;
