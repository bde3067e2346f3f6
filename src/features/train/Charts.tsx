/** The three charts of a run; on a phone the drawing card stands behind the first. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { EvaluationPoint } from '@/session/sessionState';
import { TestChart } from '@/features/train/TestChart';
import { TrainingLossChart } from '@/features/train/TrainingLossChart';
import { percentDomain } from '@/ui/chart/chartScale';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/train/charts.module.css';

const lossEvidence = ['test_loss'] as const;
const accuracyEvidence = ['training_accuracy', 'test_accuracy', 'classes'] as const;
const lossOf = (point: EvaluationPoint): number => point.loss;
const percentOf = (point: EvaluationPoint): number => point.accuracy * 100;
const withPercentSign = (percent: number): string => `${percent.toFixed(2)} %`;

function TestCharts() {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  return (
    <>
      <TestChart
        title={t('charts.testLoss')}
        axisTitle={t('charts.lossAxis')}
        color="var(--series-test-loss)"
        empty={t('charts.emptyTestLoss')}
        value={lossOf}
        formatValue={format.loss}
        evidence={lossEvidence}
      />
      <TestChart
        title={t('charts.testAccuracy')}
        axisTitle={t('charts.accuracyAxis')}
        color="var(--series-accuracy)"
        empty={t('charts.emptyAccuracy')}
        value={percentOf}
        formatValue={withPercentSign}
        domainFor={percentDomain}
        evidence={accuracyEvidence}
      />
    </>
  );
}

export function Charts({ afterLoss = null }: { readonly afterLoss?: ReactNode }) {
  return (
    <div className={classes['charts']}>
      <TrainingLossChart className={classes['wide']} />
      {afterLoss}
      <TestCharts />
    </div>
  );
}
