/**
 * A chart: grid, axes and whatever stands in it, drawn from two axes given as data. Recharts lies over it and finds the values under
 * the pointer; it stands still while neither pointer nor focus is there. With Recharts' own axes every change of a growing one had
 * all of a chart computed anew, 20 to 60 ms of the main thread for the three charts of a run.
 */
import { useElementSize } from '@mantine/hooks';
import { createContext, memo, type ReactNode, use, useId, useMemo } from 'react';
import type { Hover } from '@/ui/chart/ChartHover';
import { type Axis, plotMarginOf, type Scale, scaleOf } from '@/ui/chart/chartScale';
import { PagePart } from '@/ui/loading/pagePart';
import { usePagePart } from '@/ui/loading/usePagePart';
import { useHoverRows } from '@/ui/chart/useHoverRows';
import classes from '@/ui/chart/Chart.module.css';

/** Pixels, from the chart's upper left corner. */
interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface ChartGeometry extends Plot {
  /** From a value on an axis to pixels. */
  readonly x: Scale;
  readonly y: Scale;
  /** For what must not leave the plot. */
  readonly clip: string;
}

/** Recharts is a quarter of what the first page would have to fetch, and a chart is drawn without it. Where it does not come, nothing shows under the pointer. */
const hoverPart = new PagePart(async () => (await import('@/ui/chart/ChartHover')).ChartHover);

const Geometry = createContext<ChartGeometry | null>(null);

/** Where things stand in the chart around. Throws outside of one. */
export function useChart(): ChartGeometry {
  const geometry = use(Geometry);
  if (geometry === null) throw new Error('Stands outside of a Chart.');
  return geometry;
}

interface AxesProps {
  readonly x: Axis;
  readonly y: Axis;
}

const Axes = memo(function Axes({ x, y }: AxesProps) {
  const { left, right, top, bottom, x: across, y: up } = useChart();
  const titleY = (top + bottom) / 2;
  return (
    <>
      {y.ticks.map((tick) => (
        <g key={tick} transform={`translate(0 ${up(tick)})`}>
          <line x1={left} x2={right} stroke="var(--chart-grid)" />
          <text x={left - 10} dy="0.355em" textAnchor="end">
            {y.format(tick)}
          </text>
        </g>
      ))}
      <line x1={left} x2={right} y1={bottom} y2={bottom} stroke="var(--app-border-strong)" />
      {x.ticks.map((tick) => (
        <text key={tick} x={across(tick)} y={bottom + 20} textAnchor="middle">
          {x.format(tick)}
        </text>
      ))}
      <text x={(left + right) / 2} y={bottom + 40} textAnchor="middle">
        {x.title}
      </text>
      <text x={10} y={titleY} dy="0.355em" transform={`rotate(-90 10 ${titleY})`} textAnchor="middle">
        {y.title}
      </text>
    </>
  );
});

function useGeometry(width: number, height: number, { x, y }: AxesProps): ChartGeometry {
  const clip = useId();
  return useMemo(() => {
    const margin = plotMarginOf(y);
    const { top, left } = margin;
    const right = Math.max(left, width - margin.right);
    const bottom = Math.max(top, height - margin.bottom);
    return { left, right, top, bottom, x: scaleOf(x, left, right), y: scaleOf(y, bottom, top), clip };
  }, [width, height, x, y, clip]);
}

export interface ChartProps<Row extends { readonly step: number }> {
  /** Drawn anew when it is another object. */
  readonly x: Axis;
  readonly y: Axis;
  /** What shows under the pointer. */
  readonly hover?: Hover<Row>;
  /** Pixels. */
  readonly minHeight?: number;
  /** Curves, dots and lines. */
  readonly children: ReactNode;
}

export function Chart<Row extends { readonly step: number }>(props: ChartProps<Row>) {
  const { x, y, hover, minHeight = 220, children } = props;
  const { ref, width, height } = useElementSize();
  const geometry = useGeometry(width, height, props);
  const hovering = usePagePart(hoverPart);
  const { isHovered, rows, handlers } = useHoverRows(hover?.rows ?? []);
  const { left, right, top, bottom, clip } = geometry;
  return (
    <div ref={ref} className={classes['chart']} style={{ minHeight }} {...handlers}>
      {width > 0 && (
        <Geometry value={geometry}>
          <svg className={classes['drawing']} width={width} height={height} aria-hidden="true">
            {/* A dot on an axis shows whole. */}
            <clipPath id={clip}>
              <rect x={left - 6} y={top - 6} width={right - left + 12} height={bottom - top + 12} />
            </clipPath>
            <Axes x={x} y={y} />
            {children}
          </svg>
          {hover !== undefined && hovering.kind === 'ready' && (
            <hovering.value
              {...hover}
              isHovered={isHovered}
              rows={rows}
              x={x}
              y={y}
              width={width}
              height={height}
            />
          )}
        </Geometry>
      )}
    </div>
  );
}
