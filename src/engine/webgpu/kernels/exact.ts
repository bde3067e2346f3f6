/**
 * Float32 arithmetic that is exact on every adapter. Compilers of shaders may reorder sums, after which a measured rounding error is 0,
 * and may fuse a product into a sum; and WGSL allows a division an error of 2.5 units in the last place, which NVIDIA's takes.
 */
import type { Declaration } from '@/engine/webgpu/kernel';
import { literal } from '@/engine/webgpu/kernels/source';
import { fn, privateVariable } from '@/engine/webgpu/wgsl';

/**
 * `opaque(v)`: v, through an exclusive or with a 0 that no compiler knows, so that differences of it are taken as written. A kernel that
 * uses it begins with `hidden = zero`.
 */
export const opaqueFunction: readonly Declaration[] = [
  privateVariable('hidden', 'u32'),
  fn('opaque', '(v: f32) -> f32', '  return bitcast<f32>(bitcast<u32>(v) ^ hidden);'),
];

/** `isNan(v)`. By the bits: WGSL lets a compiler assume that no NaN exists, and some fold v != v to false. */
export function nanFunction(width: 1 | 4 = 1): Declaration {
  const [float, bits, bool] = width === 4 ? ['vec4f', 'vec4u', 'vec4<bool>'] : ['f32', 'u32', 'bool'];
  return fn(
    'isNan',
    `(v: ${float}) -> ${bool}`,
    `  return (bitcast<${bits}>(v) & ${bits}(0x7fffffffu)) > ${bits}(0x7f800000u);`,
  );
}

const upperMask = 0xfffff000;

/** The first 12 bits of a float32, and the others: products of such halves are exact, whether fused or not. */
function halvesOf(value: number): readonly [upper: number, lower: number] {
  const words = new Uint32Array(Float32Array.of(value).buffer);
  words[0] = ((words[0] ?? 0) & upperMask) >>> 0;
  const [upper = 0] = new Float32Array(words.buffer);
  return [upper, Math.fround(value) - upper];
}

/**
 * `name(a)`: a / divisor, rounded to nearest as IEEE 754 has it but where the quotient is within 2^-10 of a unit in the last place of a
 * tie. An estimate by the reciprocal, and what is left of a over it (Dekker, 1971). Needs opaqueFunction.
 */
export function quotientFunction(name: string, divisor: number): Declaration {
  const [upper, lower] = halvesOf(divisor).map(literal);
  const inverse = literal(1 / Math.fround(divisor));
  return fn(
    name,
    '(a: f32) -> f32',
    `  let estimate = opaque(a * ${inverse});
  let high = bitcast<f32>(bitcast<u32>(estimate) & ${upperMask}u);
  let low = opaque(estimate - high);
  let left = opaque(opaque(a - high * ${upper}) - high * ${lower});
  let rest = opaque(opaque(left - low * ${upper}) - low * ${lower});
  return opaque(estimate + opaque(rest * ${inverse}));`,
  );
}
