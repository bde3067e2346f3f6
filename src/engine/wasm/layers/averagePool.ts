/** Means over windows: AdaptiveAvgPool2d and its like. */
import {
  newBuffer,
  valueCount,
  type Gradient,
  type Lowered,
  type Lowering,
  type Value,
} from '@/engine/wasm/lowering';
import type { AverageWindows } from '@/model/averageWindows';

/** `windowsOf`: the windows of the layer of this name along an axis of so many places. */
export function lowerAveragePool(
  lowering: Lowering,
  name: string,
  x: Value,
  windowsOf: (size: number) => AverageWindows,
): Lowered {
  const { program, blocks } = lowering;
  const [rows, columns] = [windowsOf(x.height), windowsOf(x.width)];
  const { count: outHeight } = rows;
  const { count: outWidth } = columns;
  const geometry = {
    blocks,
    height: x.height,
    width: x.width,
    channels: x.channels,
    outHeight,
    outWidth,
    rowStep: rows.step,
    rowFrom: rows.from,
    rowTo: rows.to,
    rowOver: rows.over,
    columnStep: columns.step,
    columnFrom: columns.from,
    columnTo: columns.to,
    columnOver: columns.over,
    area: (rows.divisor ?? 0) * (columns.divisor ?? 0),
  };
  const buffer = newBuffer(lowering, name, blocks * outHeight * outWidth * x.channels * 8);
  const output: Value = {
    ...x,
    height: outHeight,
    width: outWidth,
    buffer,
    isOwned: true,
    isSignRead: false,
  };
  program.emit('averagePool', { x: x.buffer, y: buffer, ...geometry });
  const backward = (dy: Gradient): Gradient | null => {
    if (!x.needsGradient) return null;
    const dx = newBuffer(lowering, `${name} input gradient`, valueCount(lowering, x));
    program.emit('averagePoolGradient', { dy: dy.buffer, dx, ...geometry });
    return { buffer: dx, isOwned: true };
  };
  return { output, backward };
}
