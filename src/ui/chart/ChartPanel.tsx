/** A panel around one chart, or a part of a panel with one: title, legend, controls, and what will appear here while there is nothing yet. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ExportFrame } from '@/ui/export/ExportFrame';
import type { ExportFiles, ExportTable } from '@/ui/export/exportFiles';
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
  /** Of its files, without an ending. */
  readonly fileName: string;
  /** Its values; asked for when a file is made. */
  readonly table: () => ExportTable;
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

type Saved = Pick<ChartPanelProps, 'title' | 'fileName' | 'table'>;

/** Its picture is the chart as it stands. */
function useChartFiles({ title, fileName, table }: Saved): ExportFiles {
  const { t } = useTranslation();
  return { label: t('export.save', { title }), fileName, table, picture: { heading: title } };
}

/** One of several charts in a panel, with its own small title. */
export function ChartFigure({
  legend,
  summary,
  children,
  ...saved
}: Pick<ChartPanelProps, 'legend' | 'summary' | 'children'> & Saved) {
  const { title } = saved;
  const files = useChartFiles(saved);
  return (
    <ExportFrame
      files={files}
      heading={<h3 className={classes['figureTitle']}>{title}</h3>}
      className={classes['panel']}
    >
      <Legend items={legend} />
      <figure className={classes['plot']} aria-label={summary}>
        {children}
      </figure>
    </ExportFrame>
  );
}

export function ChartPanel(props: ChartPanelProps) {
  const { title, legend, actions, empty, summary, children, className, footer, testId } = props;
  const files = useChartFiles(props);
  return (
    <Panel
      title={title}
      actions={actions}
      files={{ ...files, isDisabled: empty !== null }}
      className={`${classes['panel']} ${className ?? ''}`}
    >
      <Legend items={legend} />
      <figure className={classes['plot']} aria-label={empty === null ? summary : title} data-testid={testId}>
        {/* Made with the page, not at the first value: a chart's first drawing would stall the start of a run. */}
        <div className={classes['chart']} data-empty={empty !== null} aria-hidden={empty !== null}>
          {children}
        </div>
        {empty !== null && <p className={classes['empty']}>{empty}</p>}
      </figure>
      {footer !== undefined && <div data-unsaved>{footer}</div>}
    </Panel>
  );
}
