/** The three charts of a run; on a phone the drawing card stands behind the first. */
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { EvaluationPoint } from '@/session/sessionState';
import { LabReportPanel } from '@/features/train/labReport/LabReportPanel';
import { OtherRunPanel } from '@/features/train/OtherRunPanel';
import { readOtherRun } from '@/features/train/otherRun';
import { TestChart } from '@/features/train/TestChart';
import { TrainingLossChart } from '@/features/train/TrainingLossChart';
import { useShownData } from '@/panels/data/useShownData';
import { percentDomain } from '@/ui/chart/chartScale';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/train/charts.module.css';
import other from '@/features/train/otherRun.module.css';

const lossEvidence = ['test_loss'] as const;
const accuracyEvidence = ['training_accuracy', 'test_accuracy', 'classes'] as const;
const lossOf = (point: EvaluationPoint): number => point.loss;
const percentOf = (point: EvaluationPoint): number => point.accuracy * 100;
const withPercentSign = (percent: number): string => `${percent.toFixed(2)}%`;

function TestCharts() {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const classCount = useShownData().classNames.length;
  return (
    <>
      <TestChart
        title={t('charts.testLoss')}
        fileName="test-loss"
        axisTitle={t('charts.lossAxis')}
        color="var(--series-test-loss)"
        empty={t('charts.emptyTestLoss')}
        value={lossOf}
        formatValue={format.loss}
        other="test_loss"
        evidence={lossEvidence}
      />
      <TestChart
        title={t('charts.testAccuracy')}
        fileName="test-accuracy"
        axisTitle={t('charts.accuracyAxis')}
        color="var(--series-accuracy)"
        empty={t('charts.emptyAccuracy', { chance: format.percent(1 / classCount, 0) })}
        value={percentOf}
        formatValue={withPercentSign}
        domainFor={percentDomain}
        other="test_accuracy"
        otherFactor={100}
        evidence={accuracyEvidence}
      />
    </>
  );
}

export function Charts({ afterLoss = null }: { readonly afterLoss?: ReactNode }) {
  const [isOver, setIsOver] = useState(false);
  return (
    // Files are dropped by mouse alone; OtherRunPanel has the button for everybody.
    <div
      className={`${classes['charts']} ${other['drop']}`}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        const [file] = event.dataTransfer.files;
        if (file !== undefined) void readOtherRun(file);
      }}
    >
      <TrainingLossChart className={classes['wide']} />
      {afterLoss}
      <TestCharts />
      <div className={classes['wide']}>
        <OtherRunPanel />
      </div>
      <div className={classes['wide']}>
        <LabReportPanel />
      </div>
    </div>
  );
}
