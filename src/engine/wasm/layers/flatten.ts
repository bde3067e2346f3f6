/** Flatten, which moves nothing until somebody sees PyTorch's order. */
import {
  newBuffer,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/wasm/lowering';

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
  const { program, blocks } = lowering;
  const count = valueCount(lowering, x);
  const buffer = newBuffer(lowering, 'flattened', count);
  program.emit('transpose', { x: x.buffer, y: buffer, blocks, rows: pixels, columns: channels });
  const output: Value = {
    ...x,
    buffer,
    channels: channels * pixels,
    height: 1,
    width: 1,
    isOwned: true,
    isSignRead: false,
  };
  const backward = (dy: Gradient): Gradient => {
    const dx = newBuffer(lowering, 'flattened input gradient', count);
    program.emit('transpose', { x: dy.buffer, y: dx, blocks, rows: channels, columns: pixels });
    return { buffer: dx, isOwned: true };
  };
  return { output, backward };
}
