/** The points of an embedding on a canvas: each is its digit, so that neither colour nor shape has to be told apart. */
import { classColour } from '@/ui/theme/classColours';
import type { Frame } from '@/features/inspect/embedding/places';

const margin = 14;

/** [n, 2] in pixels, y downwards. */
export function toPixels(
  points: Float32Array,
  [left, right, low, high]: Frame,
  width: number,
  height: number,
): Float32Array<ArrayBuffer> {
  const across = (width - 2 * margin) / (right - left);
  const down = (height - 2 * margin) / (high - low);
  return Float32Array.from(points, (value, i) =>
    i % 2 === 0 ? margin + (value - left) * across : height - margin - (value - low) * down,
  );
}

export interface PointsLook {
  readonly scheme: 'light' | 'dark';
  /** Forced colours: all in the system's own. */
  readonly isForced: boolean;
  /** Classes that are shown. */
  readonly visible: ReadonlySet<number>;
  /** Others fade beside these; empty: nobody is selected. */
  readonly selected: ReadonlySet<number>;
}

export function paintPoints(
  canvas: HTMLCanvasElement,
  pixels: Float32Array,
  labels: Uint8Array,
  { scheme, isForced, visible, selected }: PointsLook,
): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const density = canvas.width / Math.max(1, canvas.clientWidth);
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const size = canvas.clientWidth < 520 ? 8 : 11;
  const paint = (isSelected: boolean): void => {
    context.font = `${isSelected ? 700 : 560} ${isSelected ? size + 2 : size}px "Inter Variable", system-ui, sans-serif`;
    context.globalAlpha = selected.size > 0 && !isSelected ? 0.28 : 0.85;
    labels.forEach((label, i) => {
      if (selected.has(i) !== isSelected || !visible.has(label)) return;
      context.fillStyle = isForced ? 'CanvasText' : classColour(scheme, label);
      context.fillText(String(label), pixels[2 * i] ?? NaN, pixels[2 * i + 1] ?? NaN);
    });
  };
  paint(false);
  paint(true);
}
