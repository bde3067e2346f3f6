// The bound is where the optimizer's own formula turns from coming back to running away, on the quadratic loss of one eigenvalue.
import { expect, it } from 'vitest';
import { defaultOptimizer, optimizers, type OptimizerSpec } from './optimizers';
import { stableEigenvalue } from './stability';

const sgd = defaultOptimizer('SGD');
const cases: readonly OptimizerSpec<'SGD'>[] = [
  sgd,
  { ...sgd, weightDecay: 0.5 },
  { ...sgd, momentum: 0.9 },
  { ...sgd, momentum: 0.9, dampening: 0.4, weightDecay: 0.1 },
  { ...sgd, momentum: 0.5, nesterov: true, weightDecay: 0.1 },
  { ...sgd, momentum: 0.9, nesterov: true },
];

/** |w| after many steps from 1 on the loss eigenvalue * w^2 / 2. */
function distance(spec: OptimizerSpec<'SGD'>, learningRate: number, eigenvalue: number): number {
  const parameter = Float64Array.of(1);
  const slots = { momentum_buffer: new Float64Array(1) };
  for (let updates = 1; updates <= 4000; updates += 1) {
    const gradient = Float64Array.of(eigenvalue * (parameter[0] ?? NaN));
    optimizers.SGD.update(spec, { parameter, gradient, slots, learningRate, updates });
  }
  return Math.abs(parameter[0] ?? NaN);
}

it.each(cases)('is the largest stable eigenvalue of %o', (spec) => {
  for (const learningRate of [0.01, 0.3]) {
    const bound = stableEigenvalue(spec, learningRate) ?? NaN;
    expect(distance(spec, learningRate, 0.99 * bound)).toBeLessThan(1e-3);
    expect(distance(spec, learningRate, 1.01 * bound)).toBeGreaterThan(1e3);
  }
});

it('is not known for optimizers that divide by the size of gradients', () => {
  expect(stableEigenvalue(defaultOptimizer('Adam'), 0.1)).toBeNull();
});
