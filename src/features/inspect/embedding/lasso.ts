/** Geometry of points in a picture: which lie inside of a lasso, which is nearest, which is next in a direction. */

/** x, y in turns. */
export type Flat = Float32Array | readonly number[];

/** Whether a point lies inside a closed line, by the even-odd rule. */
export function isInside(x: number, y: number, line: Flat): boolean {
  let inside = false;
  for (let i = 0, j = line.length - 2; i < line.length; j = i, i += 2) {
    const [xi = 0, yi = 0, xj = 0, yj = 0] = [line[i], line[i + 1], line[j], line[j + 1]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Of the points that count, the nearest within `reach`; null where there is none. */
export function nearestPoint(
  points: Flat,
  [x, y]: readonly [number, number],
  counts: (index: number) => boolean,
  reach = Infinity,
): number | null {
  let nearest: number | null = null;
  let least = reach * reach;
  for (let i = 0; 2 * i < points.length; i += 1) {
    const distance = ((points[2 * i] ?? NaN) - x) ** 2 + ((points[2 * i + 1] ?? NaN) - y) ** 2;
    if (distance <= least && counts(i)) {
      nearest = i;
      least = distance;
    }
  }
  return nearest;
}

/** The nearest of the points that count which lie in a direction (within 45 degrees of it); null where there is none. */
export function nextPoint(
  points: Flat,
  from: number,
  [right, down]: readonly [number, number],
  counts: (index: number) => boolean,
): number | null {
  const [x = 0, y = 0] = [points[2 * from], points[2 * from + 1]];
  const isAhead = (i: number): boolean => {
    const [dx, dy] = [(points[2 * i] ?? NaN) - x, (points[2 * i + 1] ?? NaN) - y];
    const along = dx * right + dy * down;
    return i !== from && along > 0 && Math.abs(dx * down - dy * right) <= along && counts(i);
  };
  return nearestPoint(points, [x, y], isAhead);
}
