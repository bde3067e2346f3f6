/**
 * The Hessian of a batch's loss times a vector v of length 1, as the central difference of two gradients:
 *
 *   Hv = (g(w + h v) - g(w - h v)) / 2h,   h = u^(1/3) |w|,   u = 2^-24, float32's unit roundoff
 *
 * which balances rounding, about u/h, against the third-order remainder, about h^2 (Nocedal and Wright, Numerical Optimization, 2nd ed.,
 * section 8.1), h being measured against the weights (Knoll and Keyes 2004, Jacobian-free Newton-Krylov methods, section 3): 0.4 % of
 * their norm. What that brings, measured in PyTorch against autograd in float64 (and held by hessianProduct.test.ts):
 * - a smooth network (Tanh, AvgPool): the largest eigenvalue is off by less than 0.1 %;
 * - ReLU and MaxPool: autograd's Hessian leaves out the kinks between the two points, a difference has them in: LeNet after 400 steps
 *   came to 21.3 in place of 22.6. A shorter step has fewer kinks, each with more weight, and is noisier; float64 would not help. A step
 *   of gradient descent meets those kinks as well.
 */
import type { Engine } from '@/engine/engine';
import type { StateDict } from '@/model/tensor';
import { flattened, norm, withVector, type ParameterSpan } from '@/training/flatParameters';

/** Share of the weights' norm that a difference goes to each side. */
const stepShare = Math.cbrt(2 ** -24);

export interface HessianPoint {
  readonly parameters: StateDict;
  readonly spans: readonly ParameterSpan[];
  /** [n, 28, 28] */
  readonly images: Uint8Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
}

/** Gives the product with vectors of length 1, in an engine that has the network compiled and that nobody else uses meanwhile. */
export function hessianProduct(
  engine: Engine,
  { parameters, spans, images, labels }: HessianPoint,
): (vector: Float64Array<ArrayBuffer>) => Promise<Float64Array<ArrayBuffer>> {
  const weights = flattened(spans, parameters);
  const step = stepShare * (norm(weights) || 1);
  const beside = new Float32Array(weights.length);
  const gradientAt = async (offset: number, vector: Float64Array<ArrayBuffer>): Promise<Float32Array> => {
    for (let i = 0; i < beside.length; i += 1) beside[i] = (weights[i] ?? 0) + offset * (vector[i] ?? 0);
    await engine.writeParameters(withVector(parameters, spans, beside));
    return flattened(spans, (await engine.inspectBatch(images, labels)).gradients);
  };
  return async (vector) => {
    const after = await gradientAt(step, vector);
    const before = await gradientAt(-step, vector);
    return Float64Array.from(after, (value, i) => (value - (before[i] ?? 0)) / (2 * step));
  };
}
