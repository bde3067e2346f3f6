/** A broken run and its fix, of the same seed and length, drawn from what was measured here and nothing else. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { neverPredicted } from '@/model/classCounts';
import type { RunResult } from '@/model/runResult';
import { runLengths, type BrokenAndFixed, type RunLength } from '@/report/reportRuns';
import { queuedRun } from '@/features/report/chosenRuns';
import { resultOf, useMeasured } from '@/features/report/measuredResults';
import { AccuracyChart, LossChart, RecallChart } from '@/features/report/CompareCharts';
import { isBrokenId, useReportTexts } from '@/panels/queue/useReportTexts';
import { runQueue } from '@/session/queue/pageQueue';
import { Panel } from '@/ui/layout/Panel';
import classes from '@/features/report/report.module.css';

export interface Compared {
  readonly broken: RunResult | null;
  readonly fixed: RunResult | null;
}

/** The results to compare: of the longest length that has both, else whatever there is; one seed for both. */
function compared(results: readonly RunResult[], { broken, fixed }: BrokenAndFixed): Compared {
  const pairs = runLengths.map((length): Compared => {
    const right = resultOf(results, { run: fixed, length });
    const wrong =
      resultOf(results, { run: broken, length }, right?.config.seed) ??
      resultOf(results, { run: broken, length });
    const sameSeed = wrong === null ? right : resultOf(results, { run: fixed, length }, wrong.config.seed);
    return { broken: wrong, fixed: sameSeed };
  });
  const isWhole = (pair: Compared): boolean => pair.broken !== null && pair.fixed !== null;
  const hasAny = (pair: Compared): boolean => pair.broken !== null || pair.fixed !== null;
  return pairs.find(isWhole) ?? pairs.find(hasAny) ?? { broken: null, fixed: null };
}

function Invitation({ pair, length }: { readonly pair: BrokenAndFixed; readonly length: RunLength }) {
  const { t } = useTranslation('report');
  const { lengthOf } = useReportTexts();
  const both = [pair.broken, pair.fixed];
  return (
    <Button
      size="xs"
      variant="default"
      onClick={() => void runQueue.actions.add(both.map((run) => queuedRun({ run, length })))}
    >
      {t('compare.runBoth', { length: lengthOf(pair.broken, length) })}
    </Button>
  );
}

function DeadDigits({ result }: { readonly result: RunResult }) {
  const { t } = useTranslation('report');
  const last = result.tests.at(-1);
  if (last === undefined) return null;
  const digits = neverPredicted(last.classes);
  return (
    <p className={classes['dead']} data-dead={digits.length > 0}>
      {digits.length === 0 ? t('compare.allPredicted') : t('compare.never', { digits: digits.join(', ') })}
    </p>
  );
}

export function ComparePanel({ pair }: { readonly pair: BrokenAndFixed }) {
  const { t } = useTranslation('report');
  const { name } = useReportTexts();
  const results = useMeasured((state) => state.results);
  const shown = compared(results, pair);
  const presetId = pair.broken.preset.id;
  const isEmpty = shown.broken === null && shown.fixed === null;
  const isWhole = shown.broken !== null && shown.fixed !== null;
  return (
    <Panel title={name(pair.broken)}>
      {isBrokenId(presetId) && <p className={classes['text']}>{t(`compare.text.${presetId}`)}</p>}
      {!isWhole && (
        <>
          <p className={classes['muted']}>{t(isEmpty ? 'compare.empty' : 'compare.emptyOne')}</p>
          <div className={classes['buttons']}>
            <Invitation pair={pair} length="short" />
            <Invitation pair={pair} length="full" />
          </div>
        </>
      )}
      {!isEmpty && (
        <>
          {shown.broken !== null && <DeadDigits result={shown.broken} />}
          <div className={classes['charts']}>
            <LossChart {...shown} name={presetId} />
            <AccuracyChart {...shown} name={presetId} />
            <RecallChart {...shown} name={presetId} />
          </div>
        </>
      )}
    </Panel>
  );
}
