/** Flatten, which moves nothing until somebody sees PyTorch's order. */
import { transpose } from '@/engine/webgpu/kernels/elementwise';
import { valueCount, type Gradient, type Lowered, type Lowering, type Value } from '@/engine/webgpu/lowering';

export function lowerFlatten(x: Value): Lowered {
  return { output: { ...x, isFlat: true }, backward: (dy) => dy };
}

/** A flattened image put into PyTorch's order [C][H][W]; what is in that order already stays as it is. */
export function lowerPlainOrder(lowering: Lowering, x: Value): Lowered {
  const { channels, height, width } = x;
  const pixels = height * width;
  if (pixels === 1 || channels === 1) {
    return { output: { ...x, channels: channels * pixels, height: 1, width: 1 }, backward: (dy) => dy };
  }
  const { program, images } = lowering;
  const count = valueCount(lowering, x);
  const tensor = program.tensor('flattened', count);
  program.dispatch(transpose({ batch: images, rows: pixels, columns: channels }), { x: x.tensor, y: tensor });
  const backward = ({ tensor: dy }: Gradient): Gradient => {
    const dx = program.tensor('flattened input gradient', count);
    program.dispatch(transpose({ batch: images, rows: channels, columns: pixels }), { x: dy, y: dx });
    return { tensor: dx, isOwned: true, isGated: false };
  };
  const output: Value = { ...x, tensor, channels: channels * pixels, height: 1, width: 1, gate: null };
  return { output, backward };
}
