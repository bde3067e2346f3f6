/** The parts that every training chart shares, so that all of them look and read alike. */
import { CartesianGrid, Line, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import { type EpochMark, niceTicks } from '@/views/ui/chartScale';
import classes from '@/views/ui/ChartPanel.module.css';

const tick = { fontSize: 11, fill: 'var(--chart-axis)' } as const;
const axisTitle = { fontSize: 11, fill: 'var(--chart-axis)' } as const;
export const chartMargin = { top: 16, right: 14, bottom: 18, left: 6 } as const;

export interface StepAxisProps {
  readonly title: string;
  readonly last: number;
  readonly format: (value: number) => string;
}

export function StepAxis({ title, last, format }: StepAxisProps) {
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
}

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
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

export function ValueAxis({ title, format, scale = 'linear', domain, ticks }: ValueAxisProps) {
  return (
    <YAxis
      type="number"
      scale={scale}
      domain={[...domain]}
      allowDataOverflow
      ticks={[...ticks]}
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
}

export function ChartGrid() {
  return <CartesianGrid stroke="var(--chart-grid)" vertical={false} />;
}

/** Vertical lines where epochs end, numbered. */
export function EpochLines({
  marks,
  label,
}: {
  readonly marks: readonly EpochMark[];
  readonly label: (epoch: number) => string;
}) {
  return marks.map(({ step, epoch }) => (
    <ReferenceLine
      key={epoch}
      x={step}
      stroke="var(--chart-epoch)"
      strokeDasharray="2 3"
      label={{ value: label(epoch), position: 'top', fontSize: 10, fill: 'var(--chart-axis)' }}
    />
  ));
}

export interface HoverLineProps<Row> {
  readonly dataKey: string | ((row: Row) => number | null);
  readonly color: string;
}

/** Gives Recharts' hover its rows and the dot under the pointer; ChartCurve draws what one sees. */
export function HoverLine<Row>({ dataKey, color }: HoverLineProps<Row>) {
  return (
    <Line
      dataKey={dataKey}
      stroke="none"
      dot={false}
      activeDot={{ r: 4, fill: color }}
      isAnimationActive={false}
    />
  );
}

export interface HoverRow {
  readonly label: string;
  readonly color: string;
  readonly value: string;
}

export interface HoverValuesProps<Row> {
  readonly title: (row: Row) => string;
  readonly rows: (row: Row) => readonly HoverRow[];
}

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

/** Values under the pointer, as text. */
export function HoverValues<Row>({ title, rows }: HoverValuesProps<Row>) {
  return (
    <Tooltip
      isAnimationActive={false}
      cursor={{ stroke: 'var(--app-border-strong)' }}
      wrapperStyle={{ zIndex: 5 }}
      content={<HoverBox title={title} rows={rows} />}
    />
  );
}
