/** Activations but ReLU: a function of each value, whose slope follows from what it gives. */
import { activationBackward, activationForward } from '@/engine/webgpu/kernels/activation';
import { valueCount, type Gradient, type Lowered, type Lowering, type Value } from '@/engine/webgpu/lowering';
import type { ActivationKind } from '@/model/layers';
import type { AnyLayer } from '@/model/layers/definition';

interface ActivationLowering {
  readonly lower: (lowering: Lowering, layer: AnyLayer, x: Value) => Lowered;
}

/** `value` and `slope`: bodies of WGSL functions from f32 to f32, of x, and of y, which `value` gave. */
function activation(value: string, slope: string): ActivationLowering {
  const lower = (lowering: Lowering, { kind, name }: AnyLayer, x: Value): Lowered => {
    const { program } = lowering;
    const count = valueCount(lowering, x);
    const y = program.tensor(name, count);
    program.dispatch(activationForward({ name: kind, body: value, count }), { x: x.tensor, y });
    const backward = ({ tensor: dy }: Gradient): Gradient | null => {
      if (!x.needsGradient) return null;
      const dx = program.tensor(`${name} input gradient`, count);
      program.dispatch(activationBackward({ name: kind, body: slope, count }), { dy, y, dx });
      return { tensor: dx, isOwned: true, isGated: false };
    };
    return { output: { ...x, tensor: y, gate: null }, backward };
  };
  return { lower };
}

export const activations: { readonly [Kind in ActivationKind]: ActivationLowering } = {
  // WGSL's own may be off by some units in the last place of 1, also near 0. As Cephes has it: a polynomial there, elsewhere by exp.
  Tanh: activation(
    `  let a = abs(x);
  if (a >= 0.625) {
    // Beyond 9.1 it rounds to 1.
    let y = 1.0 - 2.0 / (exp(2.0 * min(a, 9.1)) + 1.0);
    return select(y, -y, x < 0.0);
  }
  let z = x * x;
  return x + x * z * ((((-5.70498872745e-3 * z + 2.06390887954e-2) * z - 5.37397155531e-2) * z + 1.33314422036e-1) * z - 3.33332819422e-1);`,
    '  return 1.0 - y * y;',
  ),
};
