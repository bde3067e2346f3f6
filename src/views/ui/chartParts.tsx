/**
 * The parts that every training chart shares, so that all of them look and read alike. They keep still while their own props stay the
 * same: Recharts computes its whole chart anew for every part that hands it new objects.
 */
import { memo, type ReactNode } from 'react';
import { CartesianGrid, Line, Tooltip, usePlotArea, useXAxisScale, XAxis, YAxis } from 'recharts';
import { type EpochMark, logTicks, niceTicks } from '@/views/ui/chartScale';
import classes from '@/views/ui/ChartPanel.module.css';

const tick = { fontSize: 11, fill: 'var(--chart-axis)' } as const;
const axisTitle = { fontSize: 11, fill: 'var(--chart-axis)' } as const;
export const chartMargin = { top: 16, right: 14, bottom: 18, left: 6 } as const;

export interface StepAxisProps {
  readonly title: string;
  readonly last: number;
  readonly format: (value: number) => string;
}

export const StepAxis = memo(function StepAxis({ title, last, format }: StepAxisProps) {
  return (
    <XAxis
      dataKey="step"
      type="number"
      domain={[0, Math.max(last, 1)]}
      allowDecimals={false}
      ticks={niceTicks(0, Math.max(last, 5)).filter(Number.isInteger)}
      tick={tick}
      tickLine={false}
      tickMargin={6}
      // Few enough to fit; anything else measures every label in the document, at every change.
      interval={0}
      axisLine={{ stroke: 'var(--app-border-strong)' }}
      tickFormatter={format}
      height={28}
      label={{ value: title, position: 'insideBottom', offset: -12, style: axisTitle }}
    />
  );
});

/** An x axis from 0 to 1; points carry their share as `step`. */
export function ShareAxis({ title, format }: Omit<StepAxisProps, 'last'>) {
  return (
    <XAxis
      dataKey="step"
      type="number"
      domain={[0, 1]}
      ticks={[0, 0.25, 0.5, 0.75, 1]}
      tick={tick}
      tickLine={false}
      tickMargin={6}
      interval={0}
      axisLine={{ stroke: 'var(--app-border-strong)' }}
      tickFormatter={format}
      height={28}
      label={{ value: title, position: 'insideBottom', offset: -12, style: axisTitle }}
    />
  );
}

export interface ValueAxisProps {
  readonly title: string;
  readonly format: (value: number) => string;
  readonly scale?: 'linear' | 'log';
  readonly low: number;
  readonly high: number;
}

export const ValueAxis = memo(function ValueAxis(props: ValueAxisProps) {
  const { title, format, scale = 'linear', low, high } = props;
  return (
    <YAxis
      type="number"
      scale={scale}
      domain={[low, high]}
      allowDataOverflow
      ticks={scale === 'log' ? logTicks(low, high) : niceTicks(low, high)}
      interval={0}
      tick={tick}
      tickLine={false}
      tickMargin={4}
      axisLine={false}
      tickFormatter={format}
      width={62}
      label={{
        value: title,
        angle: -90,
        position: 'insideLeft',
        offset: 4,
        style: { ...axisTitle, textAnchor: 'middle' },
      }}
    />
  );
});

export const ChartGrid = memo(function ChartGrid() {
  return <CartesianGrid stroke="var(--chart-grid)" vertical={false} />;
});

/** Vertical lines where epochs end, numbered. */
export function EpochLines({
  marks,
  label,
}: {
  readonly marks: readonly EpochMark[];
  readonly label: (epoch: number) => string;
}) {
  const scale = useXAxisScale();
  const plot = usePlotArea();
  if (scale === undefined || plot === undefined) return null;
  return (
    <g pointerEvents="none" data-testid="epoch-lines">
      {marks.map(({ step, epoch }) => {
        const x = scale(step);
        return (
          <g key={epoch}>
            <line
              x1={x}
              x2={x}
              y1={plot.y}
              y2={plot.y + plot.height}
              stroke="var(--chart-epoch)"
              strokeDasharray="2 3"
            />
            <text x={x} y={plot.y - 5} textAnchor="middle" fontSize={10} fill="var(--chart-axis)">
              {label(epoch)}
            </text>
          </g>
        );
      })}
    </g>
  );
}

export interface HoverLineProps<Row> {
  readonly dataKey: string | ((row: Row) => number | null);
  readonly color: string;
}

/** Gives Recharts' hover its rows and the dot under the pointer; ChartCurve draws what one sees. */
export const HoverLine = memo(function HoverLine<Row>({ dataKey, color }: HoverLineProps<Row>) {
  return (
    <Line
      dataKey={dataKey}
      stroke="none"
      dot={false}
      activeDot={{ r: 4, fill: color }}
      isAnimationActive={false}
    />
  );
}) as <Row>(props: HoverLineProps<Row>) => ReactNode;

export interface HoverRow {
  readonly label: string;
  readonly color: string;
  readonly value: string;
}

export interface HoverValuesProps<Row> {
  readonly title: (row: Row) => string;
  readonly rows: (row: Row) => readonly HoverRow[];
}

const hoverCursor = { stroke: 'var(--app-border-strong)' } as const;
const hoverStyle = { zIndex: 5 } as const;

interface HoverBoxProps<Row> extends HoverValuesProps<Row> {
  /** Recharts passes these two. */
  readonly active?: boolean;
  readonly payload?: readonly { readonly payload: Row }[];
}

function HoverBox<Row>({ title, rows, active = false, payload = [] }: HoverBoxProps<Row>) {
  const row = payload[0]?.payload;
  if (!active || row === undefined) return null;
  return (
    <div className={classes['tooltip']}>
      <div className={classes['tooltipTitle']}>{title(row)}</div>
      {rows(row).map(({ label, color, value }) => (
        <div key={label} className={classes['tooltipRow']}>
          <span className={classes['swatch']} style={{ background: color }} />
          {label}
          <b>{value}</b>
        </div>
      ))}
    </div>
  );
}

/** Values under the pointer, as text; `title` and `rows` must keep still too. */
export const HoverValues = memo(function HoverValues<Row>({ title, rows }: HoverValuesProps<Row>) {
  return (
    <Tooltip
      isAnimationActive={false}
      cursor={hoverCursor}
      wrapperStyle={hoverStyle}
      content={<HoverBox title={title} rows={rows} />}
    />
  );
}) as <Row>(props: HoverValuesProps<Row>) => ReactNode;
