/**
 * Up to which curvature gradient descent is stable: on the quadratic loss of one eigenvalue of the Hessian the weights run away where that
 * is larger. Full-batch gradient descent trains there, its largest eigenvalue hovering about the bound: the edge of stability.
 */
import type { OptimizerSpec } from '@/model/optimizers';

/**
 * The largest stable eigenvalue of the loss's Hessian; null where the optimizer is not SGD: the others divide by the size of gradients,
 * so that the bound is one of another matrix (Cohen et al. 2022, Adaptive gradient methods at the edge of stability).
 *
 * 2 / lr without momentum, (2 + 2 beta) / lr with Polyak's, (2 + 2 beta) / (lr (1 + 2 beta)) with Nesterov's (Cohen et al. 2021, Gradient
 * descent on neural networks typically occurs at the edge of stability, section 2 and appendix B). Dampening multiplies what the steps
 * after the first go by 1 - dampening, and weight decay d adds d to every eigenvalue.
 */
export function stableEigenvalue(optimizer: OptimizerSpec, learningRate: number): number | null {
  if (optimizer.kind !== 'SGD') return null;
  const { momentum, dampening, nesterov, weightDecay } = optimizer;
  const rate = momentum === 0 ? learningRate : learningRate * (1 - dampening);
  const bound = (2 + 2 * momentum) / (rate * (nesterov ? 1 + 2 * momentum : 1));
  return bound - weightDecay;
}
