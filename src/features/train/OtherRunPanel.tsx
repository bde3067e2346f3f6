/** PyTorch's run beside ours: takes the file that train.py wrote, and says how far the two are from each other. */
import { Button, CloseButton, FileButton, Table } from '@mantine/core';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { compareCurves } from '@/formats/metrics/compareCurves';
import type { MetricCurve, MetricCurves, MetricsFileDetails } from '@/formats/metrics/metricsFile';
import { metricColumns, type MetricColumn } from '@/formats/metrics/metricsTable';
import { session, useSession } from '@/session/session';
import type { EvaluationPoint } from '@/session/sessionState';
import { putOtherRunAway, readOtherRun, useOtherRun } from '@/features/train/otherRun';
import { useMetricsVersion } from '@/features/train/useMetricsVersion';
import { ExportFrame } from '@/ui/export/ExportFrame';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { Icon } from '@/ui/icons/icons';
import { Panel } from '@/ui/layout/Panel';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/train/otherRun.module.css';

const compareMilliseconds = 1000;

function ourCurves(evaluations: readonly EvaluationPoint[]): MetricCurves {
  const { firstStep, loss, accuracy, learningRate } = session.metrics.block();
  const steps = Array.from(loss, (_, i) => firstStep + i + 1);
  const full = evaluations.filter(({ extent }) => extent === 'full');
  const tests = (value: (point: EvaluationPoint) => number): MetricCurve => ({
    steps: full.map(({ step }) => step),
    values: full.map(value),
  });
  return new Map<MetricColumn, MetricCurve>([
    ['train_loss', { steps, values: [...loss] }],
    ['train_accuracy', { steps, values: [...accuracy] }],
    ['learning_rate', { steps, values: [...learningRate] }],
    ['test_loss', tests((point) => point.loss)],
    ['test_loss_sum', tests((point) => point.sumOfBatchMeans)],
    ['test_accuracy', tests((point) => point.accuracy)],
  ]);
}

function Comparison({ curves }: { readonly curves: MetricCurves }) {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const version = useMetricsVersion(compareMilliseconds);
  const evaluations = useSession((state) => state.evaluations);
  // The version stands for the log's content, which React cannot see.
  // oxlint-disable-next-line react/exhaustive-deps
  const ours = useMemo(() => ourCurves(evaluations), [version, evaluations]);
  const rows = metricColumns.flatMap((column) => {
    const [a, b] = [ours.get(column), curves.get(column)];
    const compared = a === undefined || b === undefined ? null : compareCurves(a, b);
    return compared === null ? [] : [{ column, ...compared }];
  });
  if (rows.length === 0) return <p className={classes['text']}>{t('other.nothingInCommon')}</p>;
  return (
    <ExportFrame
      files={{
        label: t('other.save'),
        fileName: 'run-comparison',
        table: () => ({
          header: ['metric', 'steps', 'largest_difference', 'at_step', 'parting_step'],
          rows: rows.map(({ column, steps, largest, parting }) => [
            column,
            steps,
            largest.difference,
            largest.step,
            parting ?? NaN,
          ]),
        }),
      }}
    >
      <Table layout="fixed" horizontalSpacing={6} className={classes['table']} data-testid="other-comparison">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('other.metric')}</Table.Th>
            <Table.Th>{t('other.steps')}</Table.Th>
            <Table.Th>{t('other.largest')}</Table.Th>
            <Table.Th>{t('other.parting')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ column, steps, largest, parting }) => (
            <Table.Tr key={column} data-metric={column}>
              <Table.Th scope="row">{t(`other.metrics.${column}`)}</Table.Th>
              <Table.Td>{format.integer(steps)}</Table.Td>
              <Table.Td>
                {t('other.atStep', {
                  value: Number.isFinite(largest.difference) ? format.loss(largest.difference) : 'NaN',
                  step: format.integer(largest.step),
                })}
              </Table.Td>
              <Table.Td>
                {parting === null
                  ? t('other.together')
                  : t('other.fromStep', { step: format.integer(parting) })}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ExportFrame>
  );
}

function useRefusalText(): (details: MetricsFileDetails) => string {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  return (details) => {
    switch (details.kind) {
      case 'too_large':
        return t('other.refusals.too_large', { most: format.bytes(details.most) });
      case 'too_many_rows':
        return t('other.refusals.too_many_rows', { most: format.integer(details.most) });
      case 'no_metric':
        return t('other.refusals.no_metric', { found: details.found.join(', ') });
      case 'bad_number':
        return t('other.refusals.bad_number', {
          line: format.integer(details.line),
          column: details.column,
          text: details.text,
        });
      case 'unreadable':
      case 'not_metrics':
      case 'no_step_column':
      case 'damaged':
        return t(`other.refusals.${details.kind}`);
      default:
        return details satisfies never;
    }
  };
}

function ChooseFile() {
  const { t } = useTranslation('train');
  const reset = useRef<() => void>(null);
  return (
    <FileButton
      resetRef={reset}
      inputProps={{ 'aria-label': t('other.choose') }}
      onChange={(file) => {
        if (file !== null) void readOtherRun(file);
        // The same file may be chosen again once it has grown.
        reset.current?.();
      }}
    >
      {(props) => (
        <Button {...props} size="xs" variant="default" leftSection={<Icon name="upload" size={14} />}>
          {t('other.choose')}
        </Button>
      )}
    </FileButton>
  );
}

export function OtherRunPanel() {
  const { t } = useTranslation('train');
  const other = useOtherRun();
  const refusalText = useRefusalText();
  return (
    <Panel title={t('other.title')} hint={t('other.hint')} actions={<ChooseFile />}>
      <div aria-live="polite" className={classes['root']} data-testid="other-run">
        {other.kind === 'reading' && (
          <p className={classes['text']}>{t('other.reading', { file: other.file })}</p>
        )}
        {other.kind === 'refused' && (
          <ErrorAlert title={t('other.refused', { file: other.file })}>
            {refusalText(other.details)}
          </ErrorAlert>
        )}
        {other.kind === 'read' && (
          <>
            <p className={classes['file']}>
              <span className={classes['mark']} />
              {other.file}
              <CloseButton size="sm" aria-label={t('other.remove')} onClick={putOtherRunAway} />
            </p>
            <Comparison curves={other.curves} />
            <p className={classes['text']}>{t('other.note')}</p>
          </>
        )}
      </div>
    </Panel>
  );
}
