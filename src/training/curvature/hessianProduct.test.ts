// The Hessian times a vector and its largest eigenvalue against autograd's whole Hessian in float64; WebGPU: hessianProduct.dawn.test.ts.
import { expect, it } from 'vitest';
import { engines } from '../../../scripts/parity/engines.ts';
import { curvatureErrors, curvatureTolerance } from '../../../scripts/tinyNetworks.ts';

it.each(['wasm', 'tfjs-wasm'] as const)('%s comes to the eigenvalue of the whole Hessian', async (name) => {
  const engine = await engines[name].create();
  const smooth = await curvatureErrors(engine, 'smooth');
  const kinked = await curvatureErrors(engine, 'kinked');
  engine.dispose();
  expect(smooth.product).toBeLessThan(curvatureTolerance.product);
  for (const { eigenvalue, differences } of [smooth, kinked])
    expect(Math.max(eigenvalue, differences)).toBeLessThan(curvatureTolerance.eigenvalue);
});
