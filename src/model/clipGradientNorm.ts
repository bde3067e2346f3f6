/** torch.nn.utils.clip_grad_norm_ in place: for engines whose gradients the CPU can write, and the reference of the others. */

/** Scales all gradients together down to the norm `maxNorm`; the norm is a float32, infinite where the squares are past it. */
export function clipGradientNorm(gradients: readonly (Float32Array | Float64Array)[], maxNorm: number): void {
  let squares = 0;
  for (const gradient of gradients) for (const value of gradient) squares += value * value;
  const factor = maxNorm / (Math.sqrt(Math.fround(squares)) + 1e-6);
  // Written so that a NaN norm reaches the gradients, as PyTorch lets it.
  if (factor >= 1) return;
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i += 1) gradient[i] = (gradient[i] ?? 0) * factor;
  }
}
