/** Node 20 has fused multiply-add behind a flag, which later ones no longer know. */
import { setFlagsFromString } from 'node:v8';
import { hasRelaxedSimd } from '@/engine/wasmFeatures';

/** Before the first module is compiled. @throws Error where this Node has none */
export function switchRelaxedSimdOn(): void {
  if (!hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');
  if (!hasRelaxedSimd()) throw new Error('This Node has no relaxed SIMD.');
}
