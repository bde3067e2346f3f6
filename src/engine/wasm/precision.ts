/** What a precision means for the engine's memory. */
import type { Precision } from '@/engine/precision';

/** Activations, weights or gradients where they lie in the engine's memory. */
export type Values = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** Bytes of a buffer in float64 over those in float32. */
export function sizeFactor(precision: Precision): number {
  return precision === 'float64' ? 2 : 1;
}
