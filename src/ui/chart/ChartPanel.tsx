/** A panel around one chart, or a part of a panel with one: title, legend, controls, and what will appear here while there is nothing yet. */
import type { ReactNode } from 'react';
import { Panel } from '@/ui/layout/Panel';
import classes from '@/ui/chart/ChartPanel.module.css';

export interface LegendItem {
  readonly label: string;
  readonly color: string;
  readonly mark: 'line' | 'dashed_line' | 'faint_line' | 'dot' | 'small_dot';
}

export interface ChartPanelProps {
  readonly title: string;
  readonly legend: readonly LegendItem[];
  readonly actions?: ReactNode;
  /** What will appear and when; shown in place of the chart. */
  readonly empty: string | null;
  /** The chart in words, for screen readers. */
  readonly summary: string;
  readonly children: ReactNode;
  readonly className?: string | undefined;
  /** Below the chart. */
  readonly footer?: ReactNode;
  readonly testId?: string;
}

function Legend({ items }: { readonly items: readonly LegendItem[] }) {
  return (
    <ul className={classes['legend']} aria-hidden="true">
      {items.map((item) => (
        <li key={item.label} className={classes['item']}>
          <span className={classes['mark']} data-mark={item.mark} style={{ color: item.color }} />
          {item.label}
        </li>
      ))}
    </ul>
  );
}

/** One of several charts in a panel, with its own small title. */
export function ChartFigure({
  title,
  legend,
  summary,
  children,
}: Pick<ChartPanelProps, 'title' | 'legend' | 'summary' | 'children'>) {
  return (
    <div className={classes['panel']}>
      <h3 className={classes['figureTitle']}>{title}</h3>
      <Legend items={legend} />
      <figure className={classes['plot']} aria-label={summary}>
        {children}
      </figure>
    </div>
  );
}

export function ChartPanel(props: ChartPanelProps) {
  const { title, legend, actions, empty, summary, children, className, footer, testId } = props;
  return (
    <Panel title={title} actions={actions} className={`${classes['panel']} ${className ?? ''}`}>
      <Legend items={legend} />
      <figure className={classes['plot']} aria-label={empty === null ? summary : title} data-testid={testId}>
        {/* Made with the page, not at the first value: a chart's first drawing would stall the start of a run. */}
        <div className={classes['chart']} data-empty={empty !== null} aria-hidden={empty !== null}>
          {children}
        </div>
        {empty !== null && <p className={classes['empty']}>{empty}</p>}
      </figure>
      {footer}
    </Panel>
  );
}
