/** Activations but ReLU: a function of each value. */
import { activationBackward, activationForward } from '@/engine/webgpu/kernels/activation';
import { literal } from '@/engine/webgpu/kernels/source';
import { valueCount, type Gradient, type Lowered, type Lowering, type Value } from '@/engine/webgpu/lowering';
import { activationOf, type ActivationKind, type LayerOf } from '@/model/layers';

/** Bodies of WGSL functions from f32 to f32. */
interface ActivationFunction {
  /** Of x. */
  readonly value: string;
  /** The derivative, of x or of y, whichever the definition's slopeReads says. */
  readonly slope: string;
}

/** By the exponential of -|x|, which overflows nowhere. */
const sigmoidOfX = `  let e = exp(-abs(x));
  let s = select(1.0, e, x < 0.0) / (1.0 + e);`;

/**
 * `e`, e^(-x^2 / 2), and `share`, that of the normal distribution below x: of -|x| it is e times a polynomial of t = 1 / (1 + p |x|), the
 * form of Abramowitz and Stegun 7.1.26, with six coefficients fitted to an error of 5e-9.
 */
const shareBelowX = `  let e = exp(-0.5 * x * x);
  let t = 1.0 / (1.0 + 0.275 * abs(x));
  let tail = e * t * (((((-0.11486827265138759 * t + 0.452039401234589) * t - 0.3310595782237746) * t + 0.3339857424706627) * t + 0.04209004442739803) * t + 0.11781266736798758);
  let share = select(1.0 - tail, tail, x < 0.0);`;

const functions: { readonly [Kind in ActivationKind]: (layer: LayerOf<Kind>) => ActivationFunction } = {
  // WGSL's own may be off by some units in the last place of 1, also near 0. As Cephes has it: a polynomial there, elsewhere by exp.
  Tanh: () => ({
    value: `  let a = abs(x);
  if (a >= 0.625) {
    // Beyond 9.1 it rounds to 1.
    let y = 1.0 - 2.0 / (exp(2.0 * min(a, 9.1)) + 1.0);
    return select(y, -y, x < 0.0);
  }
  let z = x * x;
  return x + x * z * ((((-5.70498872745e-3 * z + 2.06390887954e-2) * z - 5.37397155531e-2) * z + 1.33314422036e-1) * z - 3.33332819422e-1);`,
    slope: '  return 1.0 - y * y;',
  }),
  Sigmoid: () => ({
    value: `${sigmoidOfX}
  return s;`,
    slope: '  return y * (1.0 - y);',
  }),
  LeakyReLU: ({ negativeSlope }) => ({
    value: `  return select(x * ${literal(negativeSlope)}, x, x > 0.0);`,
    slope: `  return select(${literal(negativeSlope)}, 1.0, y > 0.0);`,
  }),
  GELU: () => ({
    value: `${shareBelowX}\n  return x * share;`,
    slope: `${shareBelowX}\n  return share + x * (e * ${literal(1 / Math.sqrt(2 * Math.PI))});`,
  }),
  SiLU: () => ({
    value: `${sigmoidOfX}\n  return x * s;`,
    slope: `${sigmoidOfX}\n  return s * (1.0 + x * (1.0 - s));`,
  }),
};

export function lowerActivation<Kind extends ActivationKind>(
  lowering: Lowering,
  layer: LayerOf<Kind>,
  x: Value,
): Lowered {
  const { program } = lowering;
  const { kind, name } = layer;
  const { value, slope } = functions[kind](layer);
  const { slopeReads } = activationOf(layer);
  const count = valueCount(lowering, x);
  const y = program.tensor(name, count);
  program.dispatch(activationForward({ name: kind, body: value, count }), { x: x.tensor, y });
  const backward = ({ tensor: dy }: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const dx = program.tensor(`${name} input gradient`, count);
    const kernel = activationBackward({ name: kind, body: slope, count, reads: slopeReads });
    program.dispatch(kernel, slopeReads === 'input' ? { dy, x: x.tensor, dx } : { dy, y, dx });
    return { tensor: dx, isOwned: true, isGated: false };
  };
  return { output: { ...x, tensor: y, gate: null }, backward };
}
