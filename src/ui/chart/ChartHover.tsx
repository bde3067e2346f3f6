/** What a chart shows under the pointer or at the focus: Recharts' hover, over a chart that Chart draws. */
import { memo, type ReactNode } from 'react';
import { ComposedChart, Line, Tooltip, XAxis, YAxis } from 'recharts';
import { type Axis, plotMarginOf } from '@/ui/chart/chartScale';
import classes from '@/ui/chart/Chart.module.css';

export interface HoverValue {
  readonly label: string;
  readonly color: string;
  readonly value: string;
}

export interface HoverTexts<Row> {
  readonly title: (row: Row) => string;
  readonly values: (row: Row) => readonly HoverValue[];
}

export interface Hover<Row> extends HoverTexts<Row> {
  /** Where the hover may stop; `step` is the position on the x axis. */
  readonly rows: readonly Row[];
  /** Where the dot stands; null: no dot. */
  readonly dot: (row: Row) => number | null;
  readonly color: string;
}

interface HoverBoxProps<Row> extends HoverTexts<Row> {
  /** Recharts passes these two. */
  readonly active?: boolean;
  readonly payload?: readonly { readonly payload: Row }[];
}

function HoverBox<Row>({ title, values, active = false, payload = [] }: HoverBoxProps<Row>) {
  const row = payload[0]?.payload;
  if (!active || row === undefined) return null;
  return (
    <div className={classes['tooltip']}>
      <div className={classes['tooltipTitle']}>{title(row)}</div>
      {values(row).map(({ label, color, value }) => (
        <div key={label} className={classes['tooltipRow']}>
          <span className={classes['swatch']} style={{ background: color }} />
          {label}
          <b>{value}</b>
        </div>
      ))}
    </div>
  );
}

/** Values under the pointer, as text. Stands in a chart of Recharts. */
export function HoverValues<Row>({ title, values }: HoverTexts<Row>) {
  return (
    <Tooltip
      isAnimationActive={false}
      // A value that is none has no dot, and its text shows all the same.
      filterNull={false}
      cursor={{ stroke: 'var(--app-border-strong)' }}
      wrapperStyle={{ zIndex: 5 }}
      content={<HoverBox title={title} values={values} />}
    />
  );
}

interface ChartHoverProps<Row> extends Hover<Row> {
  readonly rows: Row[];
  readonly isHovered: boolean;
  readonly x: Axis;
  readonly y: Axis;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

const rangeOf = ({ low, high, scale = 'linear' }: Axis) => ({ domain: [low, high], scale });

function HoverLayer<Row>(props: ChartHoverProps<Row>) {
  const { rows, dot, color, title, values, x, y, width, height } = props;
  return (
    <div className={classes['hover']} data-unsaved>
      <ComposedChart data={rows} margin={plotMarginOf(y)} width={width} height={height}>
        <XAxis hide dataKey="step" type="number" allowDataOverflow {...rangeOf(x)} />
        <YAxis hide type="number" allowDataOverflow {...rangeOf(y)} />
        <Line
          dataKey={dot}
          stroke="none"
          dot={false}
          activeDot={{ r: 4, fill: color }}
          isAnimationActive={false}
        />
        <HoverValues title={title} values={values} />
      </ComposedChart>
    </div>
  );
}

/** Left as it is until pointer or focus come: nobody sees it before. */
export const ChartHover = memo(
  HoverLayer,
  (before, after) => !after.isHovered && before.width === after.width && before.height === after.height,
) as <Row>(props: ChartHoverProps<Row>) => ReactNode;
