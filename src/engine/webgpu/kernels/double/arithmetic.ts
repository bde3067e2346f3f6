/**
 * WGSL for numbers that are the sum of two float32, `hi` the nearest float32 and `lo` the rest: sums are good to about 40 bits,
 * products and quotients to 32 (Dekker, "A floating-point technique for extending the available precision", 1971; Knuth's sum of
 * two). A tensor of them is two planes: all `hi`, then all `lo`; so what needs only a float32 reads the first plane.
 *
 * Every difference that measures an error passes through `opaque` (kernels/exact.ts), and products are of halves of 12 bits, exact
 * whether fused or not.
 */
import type { Kernel } from '@/engine/webgpu/kernel';
import { opaqueWgsl } from '@/engine/webgpu/kernels/exact';
import { groupKernel, literal, threadKernel, type KernelSource } from '@/engine/webgpu/kernels/source';

export type DoubleWidth = 1 | 4;

/** Widest vectors that fill rows of `channels`. */
export const doubleWidth = (channels: number): DoubleWidth => (channels % 4 === 0 ? 4 : 1);

/** WGSL type of each half. */
const halfType = (width: DoubleWidth): string => (width === 4 ? 'vec4f' : 'f32');

function arithmeticWgsl(width: DoubleWidth): string {
  const float = halfType(width);
  const bits = width === 4 ? 'vec4u' : 'u32';
  return `${opaqueWgsl(width)}
alias Float = ${float};
struct Double { hi: Float, lo: Float }
fn twoSum(a: Float, b: Float) -> Double {
  let sum = opaque(a + b);
  let second = opaque(sum - a);
  return Double(sum, (a - opaque(sum - second)) + (b - second));
}
/** Where |a| >= |b|. */
fn quickTwoSum(a: Float, b: Float) -> Double {
  let sum = opaque(a + b);
  return Double(sum, b - opaque(sum - a));
}
fn upper(v: Float) -> Float { return bitcast<Float>(bitcast<${bits}>(v) & ${bits}(0xfffff000u)); }
/** a * b to 2^-32, not normalised: lo is up to 2^-10 of hi. */
fn product(a: Float, b: Float) -> Double {
  let a1 = upper(a);
  let a2 = a - a1;
  let b1 = upper(b);
  let b2 = b - b1;
  return Double(a1 * b1, (a1 * b2 + a2 * b1) + a2 * b2);
}
fn productOf(a: Double, b: Double) -> Double {
  let p = product(a.hi, b.hi);
  return Double(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}
fn add(a: Double, b: Double) -> Double {
  let sum = twoSum(a.hi, b.hi);
  return quickTwoSum(sum.hi, sum.lo + (a.lo + b.lo));
}
/** Adds a term to a running sum, which \`normal\` ends. */
fn gather(sum: Double, term: Double) -> Double {
  let next = twoSum(sum.hi, term.hi);
  return Double(next.hi, sum.lo + (next.lo + term.lo));
}
fn normal(a: Double) -> Double { return twoSum(a.hi, a.lo); }
fn multiply(a: Double, b: Double) -> Double { return normal(productOf(a, b)); }
fn negate(a: Double) -> Double { return Double(-a.hi, -a.lo); }
fn subtract(a: Double, b: Double) -> Double { return add(a, negate(b)); }
fn divide(a: Double, b: Double) -> Double {
  let first = a.hi / b.hi;
  let rest = subtract(a, multiply(b, Double(first, Float())));
  let second = rest.hi / b.hi;
  let left = subtract(rest, multiply(b, Double(second, Float())));
  return add(Double(first, Float()), quickTwoSum(second, left.hi / b.hi));
}
/** 1 / sqrt(a), by one step of Newton's method from the float32 one. */
fn inverseRoot(a: Double) -> Double {
  let root = Double(1.0 / sqrt(a.hi), Float());
  let error = subtract(Double(Float(1.0), Float()), multiply(a, multiply(root, root)));
  return add(root, multiply(root, Double(0.5 * error.hi, 0.5 * error.lo)));
}
`;
}

/** The WGSL of a constant, as near as a Double comes. */
export function doubleLiteral(value: number): string {
  const hi = Math.fround(value);
  return `Double(Float(${literal(hi)}), Float(${literal(value - hi)}))`;
}

function withArithmetic(source: KernelSource, width: DoubleWidth): KernelSource {
  return { ...source, code: `${arithmeticWgsl(width)}${source.code ?? ''}` };
}

/** As threadKernel; \`body\` and the source's code see the type \`Double\` of this width and its functions. */
export function doubleKernel(
  source: KernelSource,
  width: DoubleWidth,
  threads: number,
  body: string,
): Kernel {
  return threadKernel(withArithmetic(source, width), threads, `  hidden = zero;\n${body}`);
}

/** As groupKernel, with scalar Doubles. */
export function doubleGroupKernel(source: KernelSource, body: string): Kernel {
  return groupKernel(withArithmetic(source, 1), `  hidden = zero;\n${body}`);
}
