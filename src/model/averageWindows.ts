/** Windows whose means a layer gives, along one axis: what the engines' kernels need of AdaptiveAvgPool2d and its like. */

export interface AverageWindows {
  /** The size of the output. */
  readonly count: number;
  /** Window i: places from (i * step + from) / over to before (i * step + to) / over, rounded down, as far as they are in the image. */
  readonly step: number;
  readonly from: number;
  readonly to: number;
  readonly over: number;
  /** What a sum is divided by; null: the window's places in the image. */
  readonly divisor: number | null;
}

export interface AverageWindow {
  readonly first: number;
  readonly end: number;
  readonly divisor: number;
}

/** Window `i` of an axis of `size` places. */
export function windowAt(
  { step, from, to, over, divisor }: AverageWindows,
  i: number,
  size: number,
): AverageWindow {
  const first = Math.max(0, Math.floor((i * step + from) / over));
  const end = Math.min(size, Math.floor((i * step + to) / over));
  return { first, end, divisor: divisor ?? end - first };
}

/** Every window is one place, and all in order: the mean is the input. */
export function isIdentity(windows: AverageWindows, size: number): boolean {
  return (
    windows.count === size &&
    Array.from({ length: size }, (_, i) => windowAt(windows, i, size)).every(
      ({ first, end, divisor }, i) => first === i && end === i + 1 && divisor === 1,
    )
  );
}

/** One window holds the whole axis, and the mean is over all of it. */
export function isWhole(windows: AverageWindows, size: number): boolean {
  const { first, end, divisor } = windowAt(windows, 0, size);
  return windows.count === 1 && first === 0 && end === size && divisor === size;
}
