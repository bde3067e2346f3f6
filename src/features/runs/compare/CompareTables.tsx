/** The compared runs side by side: what of their settings differs, and how each reads the ten digits. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { lastFullTest, type ComparedRun } from '@/features/runs/compare/compareCurves';
import { configDifferences } from '@/features/runs/compare/configDifferences';
import { lineOf } from '@/features/runs/compare/runLines';
import { useRunTexts } from '@/features/runs/useRunTexts';
import { recallOf } from '@/model/classCounts';
import { dataOf } from '@/model/dataSet';
import { useDataName } from '@/panels/data/useDataName';
import type { CsvCell } from '@/ui/export/csv';
import { ExportFrame } from '@/ui/export/ExportFrame';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { useFieldTexts } from '@/ui/text/useFieldTexts';
import { useSettingText } from '@/ui/text/useSettingText';
import classes from '@/features/runs/runs.module.css';

export interface NamedRun extends ComparedRun {
  readonly name: string;
}

interface SideBySideRow {
  readonly name: string;
  /** A run each, for a file. */
  readonly values: readonly CsvCell[];
  /** As they stand on the page, where that is more than the values. */
  readonly cells?: readonly ReactNode[];
}

interface SideBySideProps {
  readonly title: string;
  readonly hint?: string;
  readonly corner: string;
  readonly runs: readonly NamedRun[];
  readonly rows: readonly SideBySideRow[];
  /** Of its file, without an ending. */
  readonly fileName: string;
  readonly testId: string;
}

/** One column a run. */
function SideBySide({ title, hint, corner, runs, rows, fileName, testId }: SideBySideProps) {
  const { t } = useTranslation();
  return (
    <ExportFrame
      heading={<h3 className={classes['subtitle']}>{title}</h3>}
      files={{
        label: t('export.save', { title }),
        fileName,
        table: () => ({
          header: [corner, ...runs.map(({ name }) => name)],
          rows: rows.map(({ name, values }) => [name, ...values]),
        }),
      }}
    >
      {hint !== undefined && <p className={classes['detail']}>{hint}</p>}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways, which the keyboard has to reach */}
      <section className={classes['sideways']} tabIndex={0} aria-label={title}>
        <table className={classes['sideBySide']} data-testid={testId}>
          <thead>
            <tr>
              <th scope="col">{corner}</th>
              {runs.map(({ run, name }, i) => (
                <th key={run.id} scope="col">
                  <span
                    className={classes['line']}
                    data-dashed={lineOf(i).isDashed}
                    style={{ color: lineOf(i).color }}
                  />
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, values, cells = values }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {cells.map((cell, i) => (
                  <td key={runs[i]?.run.id}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </ExportFrame>
  );
}

export function SettingsTable({ runs }: { readonly runs: readonly NamedRun[] }) {
  const { t } = useTranslation('runs');
  const fieldTexts = useFieldTexts();
  const settingText = useSettingText();
  const texts = useRunTexts();
  const { t: data } = useTranslation('data');
  const dataName = useDataName();
  const settings = configDifferences(runs.map(({ run }) => run.config)).map(({ field, values }) => ({
    name: fieldTexts(field).label,
    values: values.map((value, i) =>
      field.key === 'network' ? (runs[i]?.run.config.network.name ?? '') : settingText(field, value),
    ),
  }));
  const beyond = [
    { name: data('select.label'), values: runs.map(({ run }) => dataName(dataOf(run.config))) },
    { name: t('columns.engine'), values: runs.map(({ run }) => texts.engine(run)) },
    { name: t('details.weights'), values: runs.map(({ run }) => run.origin.fileName ?? t('compare.seed')) },
    {
      name: t('compare.inFlight'),
      values: runs.map(({ run }) => String(run.events.length)),
    },
  ].filter(({ values }) => new Set(values).size > 1);
  const rows = [...settings, ...beyond];
  const title = t('compare.settings');
  if (rows.length === 0)
    return (
      <>
        <h3 className={classes['subtitle']}>{title}</h3>
        <p className={classes['empty']}>{t('compare.sameSettings')}</p>
      </>
    );
  return (
    <SideBySide
      title={title}
      corner={t('compare.setting')}
      runs={runs}
      rows={rows}
      fileName="compare-settings"
      testId="compare-settings"
    />
  );
}

export function RecallTable({ runs }: { readonly runs: readonly NamedRun[] }) {
  const { t } = useTranslation('runs');
  const format = useNumberFormat();
  const recalls = runs.map((run) => {
    const test = lastFullTest(run);
    return test === undefined ? [] : recallOf(test.classes);
  });
  const cell = (recall: number | null | undefined): ReactNode =>
    recall === null || recall === undefined ? (
      '–'
    ) : (
      <span className={classes['share']} style={{ backgroundSize: `${100 * recall}% 100%` }}>
        {format.percent(recall, 1)}
      </span>
    );
  // Of several data sets a row has several names.
  const sets = runs.map(({ run }) => dataOf(run.config));
  const nameOf = (label: number): string =>
    [...new Set(sets.flatMap(({ classNames }) => classNames[label] ?? []))].join(' / ');
  const rows = Array.from(
    { length: Math.max(...sets.map(({ classNames }) => classNames.length)) },
    (_, digit) => ({
      name: nameOf(digit),
      values: recalls.map((recall) => recall[digit] ?? NaN),
      cells: recalls.map((recall) => cell(recall[digit])),
    }),
  );
  return (
    <SideBySide
      title={t('compare.recall')}
      hint={t('compare.recallHint')}
      corner={t('compare.class')}
      runs={runs}
      rows={rows}
      fileName="compare-recall"
      testId="compare-recall"
    />
  );
}
