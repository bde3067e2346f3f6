/** ReLU, where no layer before it has taken it over, and its gradient wherever it is. */
import {
  resultBuffer,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/wasm/lowering';
import type { ReLU } from '@/model/layers';

/** `y` is the ReLU's output, or what a dropout made of it in place: both are positive where the gradient passes. */
export function lowerReluGradient(lowering: Lowering, y: Value, gradient: Gradient): Gradient {
  const count = valueCount(lowering, y);
  const dx = resultBuffer(lowering, 'ReLU input gradient', gradient, count);
  lowering.program.emit('reluGradient', { dy: gradient.buffer, y: y.buffer, dx, count });
  return { buffer: dx, isOwned: true };
}

export function lowerRelu(lowering: Lowering, layer: ReLU, x: Value): Lowered {
  const count = valueCount(lowering, x);
  const output = {
    ...x,
    buffer: resultBuffer(lowering, layer.name, x, count),
    isOwned: true,
    isSignRead: true,
  };
  lowering.program.emit('relu', { x: x.buffer, y: output.buffer, count });
  return { output, backward: (dy) => (x.needsGradient ? lowerReluGradient(lowering, output, dy) : null) };
}
