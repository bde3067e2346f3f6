/** The stage that is looked at, or why it cannot be computed. */
import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ConvError } from '@/conv/geometry';
import { avgPooled, convolved, maxPooled, type Convolved } from '@/features/convLab/convLabDerived';
import { labStages, type LabStage } from '@/features/convLab/convLabState';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { ConvStage } from '@/features/convLab/ConvStage';
import { GradientStage } from '@/features/convLab/GradientStage';
import { InputEditor } from '@/features/convLab/InputEditor';
import { AvgPoolStage, MaxPoolStage } from '@/features/convLab/PoolStage';
import { PointwiseStage } from '@/features/convLab/PointwiseStage';
import { ReluStage } from '@/features/convLab/ReluStage';

export function StageTabs() {
  const { t } = useTranslation('convLab');
  const stage = useLab((state) => state.document.stage);
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('stages.label')}
      value={stage}
      onChange={lab.actions.setStage}
      data={labStages.map((value) => ({ value, label: t(`stages.${value}`) }))}
    />
  );
}

function Misfit({ error }: { readonly error: ConvError }) {
  const { t } = useTranslation('convLab');
  return (
    <ErrorAlert title={t('errors.title')}>
      {t(`errors.${error.code}`, { ...error.details, defaultValue: error.message })}
    </ErrorAlert>
  );
}

function ThisStage({ stage, conv }: { readonly stage: LabStage; readonly conv: Convolved }) {
  const document = useLab((state) => state.document);
  switch (stage) {
    case 'conv':
      return <ConvStage conv={conv} />;
    case 'relu':
      return <ReluStage conv={conv} />;
    case 'gradient':
      return <GradientStage conv={conv} />;
    case 'pool': {
      const pool = maxPooled(conv, document);
      return pool.ok ? <MaxPoolStage conv={conv} pool={pool.value} /> : <Misfit error={pool.error} />;
    }
    case 'avgPool': {
      const pool = avgPooled(conv, document);
      return pool.ok ? <AvgPoolStage conv={conv} pool={pool.value} /> : <Misfit error={pool.error} />;
    }
    case 'pointwise':
      return <PointwiseStage conv={conv} />;
    default:
      return stage satisfies never;
  }
}

export function StageView() {
  const document = useLab((state) => state.document);
  const conv = convolved(document);
  if (conv.ok) return <ThisStage stage={document.stage} conv={conv.value} />;
  return (
    <>
      <Misfit error={conv.error} />
      <InputEditor />
    </>
  );
}
