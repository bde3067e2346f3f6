/** Every run of the report at both lengths: the report's figure, PyTorch's, and this browser's own. */
import { Button, Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Measurement } from '@/model/presets';
import { pytorchAtEnd, reportRuns, runLengths, type ReportRun, type RunLength } from '@/report/reportRuns';
import { type ChosenKey, chosenKey, queuedRun } from '@/features/report/chosenRuns';
import { resultOf, useMeasured } from '@/features/report/measuredResults';
import { CheckRow } from '@/features/report/CheckRow';
import { MeasuredCell } from '@/features/report/MeasuredCell';
import { RunLink } from '@/features/report/RunLink';
import { isBrokenId, useReportTexts } from '@/panels/queue/useReportTexts';
import { runQueue } from '@/session/queue/pageQueue';
import { useNumberFormat } from '@/ui/text/numberFormat';
import type { ExportTable } from '@/ui/export/exportFiles';
import type { RunResult } from '@/model/runResult';
import { Panel } from '@/ui/layout/Panel';
import { report as texts } from '@/locales/en/report';
import classes from '@/features/report/report.module.css';

export interface RunTableProps {
  readonly chosen: ReadonlySet<ChosenKey>;
  readonly onToggle: (key: ChosenKey) => void;
}

const hasShortNote = (id: string): id is keyof typeof texts.shortNotes => id in texts.shortNotes;

function ReportFigure({ run }: { readonly run: ReportRun }) {
  const { t } = useTranslation('report');
  const format = useNumberFormat();
  const { report: figure, preset } = run;
  if (figure === null) return <span className={classes['muted']}>{t('table.notInReport')}</span>;
  const isBest = figure.after < preset.config.epochs;
  return (
    <>
      <span className={classes['number']}>{format.percent(figure.accuracy)}</span>
      <span className={classes['detail']}>
        {isBest
          ? t('table.best', {
              accuracy: format.percent(figure.accuracy),
              epoch: format.integer(figure.after),
            })
          : figure.sumOfBatchMeans !== null &&
            t('table.summed', { loss: format.loss(figure.sumOfBatchMeans) })}
        {preset.reportFinalLoss !== null &&
          `; ${t('table.final', { loss: format.loss(preset.reportFinalLoss) })}`}
      </span>
    </>
  );
}

/** At this length; beside a full run otherwise the longest that PyTorch was measured at, and said so. */
function PytorchFigure({ run, length }: { readonly run: ReportRun; readonly length: RunLength }) {
  const { t } = useTranslation('report');
  const format = useNumberFormat();
  const atEnd = pytorchAtEnd(run, length);
  const figure: Measurement | null = atEnd ?? (length === 'full' ? (run.pytorch.at(-1) ?? null) : null);
  if (figure === null) return <span className={classes['muted']}>{t('table.none')}</span>;
  const after = figure.unit === 'epoch' ? 'table.afterEpochs' : 'table.afterSteps';
  return (
    <>
      <span className={atEnd === null ? classes['muted'] : classes['number']}>
        {format.percent(figure.accuracy)}
      </span>
      {atEnd === null && <span className={classes['detail']}>{t(after, { count: figure.after })}</span>}
      {figure.sumOfBatchMeans !== null && (
        <span className={classes['detail']}>
          {t('table.summed', { loss: format.loss(figure.sumOfBatchMeans) })}
        </span>
      )}
    </>
  );
}

interface RowProps extends RunTableProps {
  readonly run: ReportRun;
  readonly length: RunLength;
}

function NameCell({ run }: { readonly run: ReportRun }) {
  const { t } = useTranslation('report');
  const { t: preset } = useTranslation('presets');
  const { name } = useReportTexts();
  return (
    <th scope="rowgroup" rowSpan={runLengths.length} className={classes['name']}>
      {name(run)}
      {run.isFix && <span className={classes['detail']}>{t('isFix')}</span>}
      {run.preset.assumptions.map((code) => (
        <span key={code} className={classes['detail']}>
          {preset(code)}
        </span>
      ))}
    </th>
  );
}

function Row({ run, length, chosen, onToggle }: RowProps) {
  const { t } = useTranslation('report');
  const { name, lengthOf } = useReportTexts();
  const result = useMeasured(({ results }) => resultOf(results, { run, length }));
  const key = chosenKey(run, length);
  const words = { name: name(run), length: lengthOf(run, length) };
  const presetId = run.preset.id;
  return (
    <tr data-testid={`run-${key}`}>
      {length === 'full' && <NameCell run={run} />}
      <td data-label={t('table.length')}>
        <RunLink config={run.configs[length]} label={t('table.open', words)}>
          {words.length}
        </RunLink>
        {length === 'short' && !run.isFix && hasShortNote(presetId) && (
          <span className={classes['detail']}>{t(`shortNotes.${presetId}`)}</span>
        )}
      </td>
      <td data-label={t('table.report')}>
        {length === 'full' ? <ReportFigure run={run} /> : t('table.none')}
      </td>
      <td data-label={t('table.pytorch')}>
        <PytorchFigure run={run} length={length} />
      </td>
      <td data-label={t('table.here')} data-testid={`measured-${key}`}>
        <MeasuredCell result={result} {...words} showsBest={isBrokenId(presetId)} />
      </td>
      <td data-label={t('table.action')}>
        <div className={classes['actions']}>
          <Checkbox
            size="xs"
            aria-label={t('table.choose', words)}
            checked={chosen.has(key)}
            onChange={() => onToggle(key)}
          />
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('table.startOne', words)}
            onClick={() => void runQueue.actions.add([queuedRun({ run, length })])}
          >
            {t('table.start')}
          </Button>
        </div>
      </td>
    </tr>
  );
}

const figuresTable = (results: readonly RunResult[]): ExportTable => ({
  header: ['run', 'length', 'report_accuracy', 'pytorch_accuracy', 'accuracy_here', 'seconds_here'],
  rows: reportRuns.flatMap((run) =>
    runLengths.map((length) => {
      const result = resultOf(results, { run, length });
      return [
        run.id,
        length,
        length === 'full' ? (run.report?.accuracy ?? NaN) : NaN,
        pytorchAtEnd(run, length)?.accuracy ?? NaN,
        result?.tests.at(-1)?.accuracy ?? NaN,
        result?.seconds ?? NaN,
      ];
    }),
  ),
});

export function RunTable({ chosen, onToggle }: RunTableProps) {
  const { t } = useTranslation('report');
  const results = useMeasured((state) => state.results);
  const columns = ['run', 'length', 'report', 'pytorch', 'here', 'action'] as const;
  return (
    <Panel
      title={t('table.title')}
      hint={t('table.hint')}
      files={{ label: t('table.save'), fileName: 'report-runs', table: () => figuresTable(results) }}
    >
      {/* It scrolls sideways in a narrow window, which the keyboard has to reach; on a phone its rows are stacked. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className={classes['scroll']} tabIndex={0} aria-label={t('table.label')}>
        <table className={classes['table']}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {t(`table.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          {reportRuns.map((run) => (
            <tbody key={run.id}>
              {runLengths.map((length) => (
                <Row key={length} run={run} length={length} chosen={chosen} onToggle={onToggle} />
              ))}
            </tbody>
          ))}
          <tbody>
            <CheckRow />
          </tbody>
        </table>
      </section>
    </Panel>
  );
}
