/**
 * Index of the largest value as torch.argmax has it: NaN counts as larger than any number, and of equals the first is taken. The
 * WebAssembly and WebGPU kernels have the same rule (assembly/loss.ts, engine/webgpu/kernels/source.ts).
 */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? NaN;
    if (Number.isNaN(value)) return i;
    if (value > (values[best] ?? NaN)) best = i;
  }
  return best;
}
