/** A drawing as strokes of a round pen. Coordinates: 0 to 1 from the top left of the pad; what lies beyond is off the paper. */

export interface StrokePoint {
  readonly x: number;
  readonly y: number;
}

export interface Stroke {
  readonly points: readonly StrokePoint[];
}

/** Grey values, row-major, 0 (paper) to 1 (ink). */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** size x size pixels of empty paper. */
export function emptyImage(size: number): GreyImage {
  return { width: size, height: size, values: new Float32Array(size * size) };
}

/** Shares of the way from a to b between which the line is on the pad (Liang and Barsky 1984); null where it never is. */
function shareOnPad(a: StrokePoint, b: StrokePoint): readonly [from: number, to: number] | null {
  let from = 0;
  let to = 1;
  const sides = [
    [a.x - b.x, a.x],
    [b.x - a.x, 1 - a.x],
    [a.y - b.y, a.y],
    [b.y - a.y, 1 - a.y],
  ] as const;
  for (const [towards, room] of sides) {
    if (towards === 0) {
      if (room < 0) return null;
    } else if (towards < 0) from = Math.max(from, room / towards);
    else to = Math.min(to, room / towards);
  }
  return from <= to ? [from, to] : null;
}

/** The parts of strokes that are on the pad, as the eye sees them there: a stroke that leaves and comes back is two. */
export function strokesOnPad(strokes: readonly Stroke[]): Stroke[] {
  const parts: StrokePoint[][] = [];
  for (const { points } of strokes) {
    let isOpen = false;
    for (const [index, b] of points.entries()) {
      const a = points[index - 1] ?? b;
      const share = shareOnPad(a, b);
      if (share === null) {
        isOpen = false;
        continue;
      }
      const at = (t: number): StrokePoint => ({ x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) });
      if (!isOpen) parts.push([at(share[0])]);
      if (index > 0) parts.at(-1)?.push(share[1] === 1 ? b : at(share[1]));
      isOpen = share[1] === 1;
    }
  }
  return parts.map((points) => ({ points }));
}

function squaredDistanceToSegment(px: number, py: number, a: StrokePoint, b: StrokePoint): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const lengthSquared = dx * dx + dy * dy;
  const along = lengthSquared === 0 ? 0 : ((px - a.x) * dx + (py - a.y) * dy) / lengthSquared;
  const t = Math.min(1, Math.max(0, along));
  return (px - a.x - t * dx) ** 2 + (py - a.y - t * dy) ** 2;
}

function inkSegment(image: GreyImage, a: StrokePoint, b: StrokePoint, radius: number): void {
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

/** Inks strokes, given in pixels of the image, over what is there. */
export function inkStrokes(image: GreyImage, strokes: readonly Stroke[], penWidth: number): void {
  for (const { points } of strokes) {
    for (const [index, point] of points.entries()) {
      inkSegment(image, points[index - 1] ?? point, point, penWidth / 2);
    }
  }
}
