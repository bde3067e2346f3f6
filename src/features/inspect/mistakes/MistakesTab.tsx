/** Where the network is wrong, over all test images. */
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClassName, useShownData } from '@/panels/data/useShownData';
import { ExportFrame } from '@/ui/export/ExportFrame';
import { Panel } from '@/ui/layout/Panel';
import { Stat, StatList } from '@/ui/layout/Stat';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { usePalette } from '@/ui/theme/usePalette';
import { DigitList } from '@/features/inspect/digits/DigitList';
import { digitFiles } from '@/features/inspect/digits/digitFiles';
import { ClassTable } from '@/features/inspect/mistakes/ClassTable';
import { type Cell, ConfusionMatrix, ConfusionPicture } from '@/features/inspect/mistakes/ConfusionMatrix';
import {
  digitsOfCell,
  type Mistakes,
  mistakesOf,
  mistakesPass,
  worstCell,
} from '@/features/inspect/mistakes/mistakesPass';
import { ReliabilityPanel } from '@/features/inspect/mistakes/ReliabilityPanel';
import { PassBar } from '@/features/inspect/pass/PassBar';
import { usePass } from '@/features/inspect/pass/usePass';
import classes from '@/features/inspect/mistakes/mistakes.module.css';

function MatrixPanel({ mistakes }: { readonly mistakes: Mistakes }) {
  const { t } = useTranslation('inspectMistakes');
  const palette = usePalette();
  // Until somebody chooses, the most frequent mistake.
  const [picked, setPicked] = useState<Cell | null>(null);
  const [label, prediction] = picked ?? worstCell(mistakes);
  const digits = useMemo(() => digitsOfCell(mistakes, label, prediction), [mistakes, label, prediction]);
  const nameOf = useClassName();
  const names = { label: nameOf(label), prediction: nameOf(prediction), count: digits.length };
  const heading = t(label === prediction ? 'cell.right' : 'cell.wrong', names);
  return (
    <Panel
      title={t('matrix.title')}
      hint={t('matrix.hint')}
      files={{
        label: t('matrix.save'),
        fileName: 'confusion-matrix',
        picture: (
          <ConfusionPicture
            matrix={mistakes.matrix}
            palette={palette}
            nameOf={nameOf}
            title={t('matrix.title')}
            shown={t('matrix.shown')}
            read={t('matrix.read')}
          />
        ),
        table: () => ({
          header: ['label', ...mistakes.matrix.map((_, column) => nameOf(column))],
          rows: mistakes.matrix.map((counts, row) => [nameOf(row), ...counts]),
        }),
      }}
    >
      <div className={classes['split']}>
        <ConfusionMatrix matrix={mistakes.matrix} chosen={[label, prediction]} onChoose={setPicked} />
        <ExportFrame
          className={classes['cell']}
          testId="cell-digits"
          heading={
            <h3 className={classes['heading']} aria-live="polite">
              {heading}
            </h3>
          }
          files={digitFiles(digits, heading, {
            label: t('cell.save'),
            fileName: `digits-${label}-read-as-${prediction}`,
          })}
        >
          <DigitList
            key={`${label}-${prediction}`}
            images={mistakes.read.images}
            digits={digits}
            label={heading}
            empty={t('cell.empty')}
          />
        </ExportFrame>
      </div>
    </Panel>
  );
}

function Figures({ mistakes }: { readonly mistakes: Mistakes }) {
  const { t } = useTranslation('inspectMistakes');
  const format = useNumberFormat();
  const nameOf = useClassName();
  const { report, wrong, unsure, read } = mistakes;
  return (
    <>
      <MatrixPanel mistakes={mistakes} />
      <Panel
        title={t('classes.title')}
        hint={t('classes.hint')}
        files={{
          label: t('classes.save'),
          fileName: 'classes',
          table: () => ({
            header: ['class', 'precision', 'recall', 'f1', 'support'],
            rows: [
              ...report.classes.map(({ precision, recall, f1, support }, digit) => [
                nameOf(digit),
                precision ?? NaN,
                recall ?? NaN,
                f1 ?? NaN,
                support,
              ]),
              ['macro', report.macro.precision, report.macro.recall, report.macro.f1, report.images],
            ],
          }),
        }}
      >
        <StatList>
          <Stat label={t('classes.accuracy')} value={format.percent(report.accuracy)} testId="accuracy" />
          <Stat label={t('classes.wrong')} value={format.integer(wrong.length)} testId="wrong" />
        </StatList>
        <ClassTable report={report} />
      </Panel>
      <Panel
        title={t('wrong.title')}
        hint={t('wrong.hint')}
        files={digitFiles(wrong, t('wrong.title'), { label: t('wrong.save'), fileName: 'wrong-digits' })}
      >
        <DigitList
          images={read.images}
          digits={wrong}
          label={t('wrong.title')}
          empty={t('wrong.none')}
          testId="wrong-digits"
        />
      </Panel>
      <Panel
        title={t('unsure.title')}
        hint={t('unsure.hint')}
        files={digitFiles(unsure, t('unsure.title'), { label: t('unsure.save'), fileName: 'unsure-digits' })}
      >
        <DigitList
          images={read.images}
          digits={unsure}
          label={t('unsure.title')}
          empty={t('unsure.none')}
          testId="unsure-digits"
        />
      </Panel>
      <ReliabilityPanel read={read} />
    </>
  );
}

export function MistakesTab() {
  const { t } = useTranslation('inspectMistakes');
  const format = useNumberFormat();
  const { testImages } = useShownData();
  const state = usePass(mistakesPass, null);
  const { answer } = state;
  const mistakes = useMemo(() => (answer === null ? null : mistakesOf(answer.value)), [answer]);
  return (
    <div className={classes['tab']} data-testid="mistakes">
      <PassBar
        state={state}
        startText={t('start', { images: format.integer(testImages) })}
        runningText={(share) => t('running', { share })}
        start={() => mistakesPass.start(null)}
        cancel={() => mistakesPass.cancel()}
        step={answer?.value.step ?? null}
      />
      {mistakes !== null && <Figures mistakes={mistakes} />}
    </div>
  );
}
