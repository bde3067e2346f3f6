/**
 * Lines and dots of a Chart, one path each. Recharts' own Line makes several objects a point and reads them anew at every change:
 * with 800 points, ten times a second, it holds the main thread longer than a frame.
 */
import { useMemo } from 'react';
import { useChart } from '@/ui/chart/Chart';
import type { Scale } from '@/ui/chart/chartScale';

export interface CurvePoint {
  /** Position on the x axis. */
  readonly step: number;
}

export interface ChartCurveProps<Point extends CurvePoint> {
  readonly points: readonly Point[];
  /** Value on the y axis; null leaves a gap, or is passed over with `connectsNulls`. */
  readonly value: (point: Point) => number | null;
  readonly color: string;
  readonly width: number;
  readonly opacity?: number;
  readonly connectsNulls?: boolean;
  readonly isDashed?: boolean;
}

/** SVG path through the points; a tenth of a pixel is as fine as a screen shows. */
function curvePath<Point extends CurvePoint>(
  points: readonly Point[],
  value: (point: Point) => number | null,
  connectsNulls: boolean,
  x: Scale,
  y: Scale,
): string {
  const parts: string[] = [];
  let isDrawing = false;
  for (const point of points) {
    const shown = value(point);
    const top = shown === null ? Number.NaN : y(shown);
    if (!Number.isFinite(top)) {
      isDrawing &&= connectsNulls;
      continue;
    }
    parts.push(`${isDrawing ? 'L' : 'M'}${x(point.step).toFixed(1)} ${top.toFixed(1)}`);
    isDrawing = true;
  }
  return parts.join('');
}

export function ChartCurve<Point extends CurvePoint>(props: ChartCurveProps<Point>) {
  const { points, value, color, width, opacity = 1, connectsNulls = false, isDashed = false } = props;
  const { x, y, clip } = useChart();
  const path = useMemo(
    () => curvePath(points, value, connectsNulls, x, y),
    [points, value, connectsNulls, x, y],
  );
  return (
    <path
      d={path}
      clipPath={`url(#${clip})`}
      fill="none"
      stroke={color}
      strokeWidth={width}
      strokeOpacity={opacity}
      strokeDasharray={isDashed ? '6 4' : undefined}
      strokeLinejoin="round"
      pointerEvents="none"
    />
  );
}

export interface ChartDotsProps<Point extends CurvePoint> {
  readonly points: readonly Point[];
  readonly value: (point: Point) => number | null;
  readonly color: string;
  readonly radius: number;
  readonly opacity?: number;
  /** A ring in this colour keeps dots apart from the line through them. */
  readonly ring?: string;
}

export function ChartDots<Point extends CurvePoint>(props: ChartDotsProps<Point>) {
  const { points, value, color, radius, opacity = 1, ring = 'none' } = props;
  const { x, y, clip } = useChart();
  const path = useMemo(() => {
    const half = `a${radius} ${radius} 0 1 0 `;
    return points
      .map((point) => {
        const shown = value(point);
        const top = shown === null ? Number.NaN : y(shown);
        if (!Number.isFinite(top)) return '';
        const start = `M${(x(point.step) - radius).toFixed(1)} ${top.toFixed(1)}`;
        return `${start}${half}${2 * radius} 0${half}${-2 * radius} 0Z`;
      })
      .join('');
  }, [points, value, radius, x, y]);
  return (
    <path
      d={path}
      clipPath={`url(#${clip})`}
      fill={color}
      fillOpacity={opacity}
      stroke={ring}
      strokeWidth={ring === 'none' ? 0 : 1.5}
      pointerEvents="none"
    />
  );
}

export interface ChartBandProps<Point extends CurvePoint> {
  readonly points: readonly Point[];
  /** Lower and upper edge on the y axis; null: the band is broken there. */
  readonly edges: (point: Point) => readonly [low: number, high: number] | null;
  readonly color: string;
  readonly opacity?: number;
}

/** The stretch between two lines, such as a spread around a mean. */
export function ChartBand<Point extends CurvePoint>(props: ChartBandProps<Point>) {
  const { points, edges, color, opacity = 0.18 } = props;
  const { x, y, clip } = useChart();
  const path = useMemo(() => {
    const parts: string[] = [];
    let upper: string[] = [];
    let lower: string[] = [];
    const close = (): void => {
      if (upper.length > 1) parts.push(`M${upper.join('L')}L${lower.toReversed().join('L')}Z`);
      upper = [];
      lower = [];
    };
    for (const point of points) {
      const [low, high] = edges(point) ?? [Number.NaN, Number.NaN];
      const [bottom, top] = [y(low), y(high)];
      if (!Number.isFinite(bottom) || !Number.isFinite(top)) {
        close();
        continue;
      }
      const left = x(point.step).toFixed(1);
      upper.push(`${left} ${top.toFixed(1)}`);
      lower.push(`${left} ${bottom.toFixed(1)}`);
    }
    close();
    return parts.join('');
  }, [points, edges, x, y]);
  return <path d={path} clipPath={`url(#${clip})`} fill={color} fillOpacity={opacity} pointerEvents="none" />;
}
