/** A drawing as strokes of a round pen, and its grey image. Coordinates: 0 to 1 from the top left of the pad. */
import type { GreyImage } from '@/model/mnistPreprocess';

export interface StrokePoint {
  readonly x: number;
  readonly y: number;
}

export interface Stroke {
  readonly points: readonly StrokePoint[];
}

/** Share of the pad's side. A digit that fills three quarters of the pad gets strokes of about 2.5 pixels in MNIST's 20, as its writers' have. */
export const penWidth = 0.09;

function squaredDistanceToSegment(px: number, py: number, a: StrokePoint, b: StrokePoint): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const lengthSquared = dx * dx + dy * dy;
  const along = lengthSquared === 0 ? 0 : ((px - a.x) * dx + (py - a.y) * dy) / lengthSquared;
  const t = Math.min(1, Math.max(0, along));
  return (px - a.x - t * dx) ** 2 + (py - a.y - t * dy) ** 2;
}

function drawSegment(image: GreyImage, a: StrokePoint, b: StrokePoint, radius: number): void {
  const { width, height, values } = image;
  const reach = radius + 1;
  const firstX = Math.max(0, Math.floor(Math.min(a.x, b.x) - reach));
  const lastX = Math.min(width - 1, Math.ceil(Math.max(a.x, b.x) + reach));
  const firstY = Math.max(0, Math.floor(Math.min(a.y, b.y) - reach));
  const lastY = Math.min(height - 1, Math.ceil(Math.max(a.y, b.y) + reach));
  for (let y = firstY; y <= lastY; y += 1) {
    for (let x = firstX; x <= lastX; x += 1) {
      const distance = Math.sqrt(squaredDistanceToSegment(x + 0.5, y + 0.5, a, b));
      // One pixel of soft edge stands for the share of the pixel that the pen covers.
      const coverage = Math.min(1, Math.max(0, radius - distance + 0.5));
      const index = y * width + x;
      if (coverage > (values[index] ?? 0)) values[index] = coverage;
    }
  }
}

/** Draws the strokes onto a square image, over what is there. */
export function drawStrokes(image: GreyImage, strokes: readonly Stroke[]): void {
  const scale = image.width;
  const radius = (penWidth * scale) / 2;
  for (const { points } of strokes) {
    for (const [index, point] of points.entries()) {
      const before = points[index - 1] ?? point;
      drawSegment(
        image,
        { x: before.x * scale, y: before.y * scale },
        { x: point.x * scale, y: point.y * scale },
        radius,
      );
    }
  }
}

/** size x size pixels of empty paper. */
export function emptyImage(size: number): GreyImage {
  return { width: size, height: size, values: new Float32Array(size * size) };
}
