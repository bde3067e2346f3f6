/** torch.nn.utils.clip_grad_value_ in place: for engines whose gradients the CPU can write, and the reference of the others. */

/** Holds every value within -largest and largest; NaN stays, as PyTorch lets it. */
export function clipGradientValue(gradient: Float32Array | Float64Array, largest: number): void {
  for (let i = 0; i < gradient.length; i += 1) {
    const value = gradient[i] ?? 0;
    if (value > largest) gradient[i] = largest;
    else if (value < -largest) gradient[i] = -largest;
  }
}
