/** Names and lengths of the report's runs, in the reader's language. */
import { useTranslation } from 'react-i18next';
import type { RunConfig } from '@/model/runConfig';
import type { ReportRun, RunLength } from '@/report/reportRuns';
import { presets as presetTexts } from '@/locales/en/presets';
import { report as reportTexts } from '@/locales/en/report';
import { useNumberFormat } from '@/ui/text/numberFormat';

type PresetTextId =
  | 'mynn'
  | 'vgg16_nll_logits'
  | 'vgg2'
  | 'resnet18_nll_logits'
  | 'resnet'
  | 'lenet_nll_softmax';
type BrokenId = keyof typeof reportTexts.names;

const hasName = (id: string): id is PresetTextId => id in presetTexts;
/** Whether the texts know this preset as one with a fix. */
export const isBrokenId = (id: string): id is BrokenId => id in reportTexts.names;

export interface ReportTexts {
  readonly name: (run: ReportRun) => string;
  readonly length: (config: RunConfig) => string;
  /** `10 epochs`, or `1 epoch, short`. */
  readonly lengthOf: (run: ReportRun, length: RunLength) => string;
}

export function useReportTexts(): ReportTexts {
  const { t } = useTranslation('report');
  const { t: preset } = useTranslation('presets');
  const format = useNumberFormat();
  const length = ({ epochs, trainingImages }: RunConfig): string =>
    trainingImages < 60_000
      ? t('lengths.images', { images: format.integer(trainingImages) })
      : t('lengths.epochs', { count: epochs });
  return {
    name: ({ preset: { id }, isFix }) => {
      if (isFix && isBrokenId(id)) return t(`names.${id}`);
      return hasName(id) ? preset(`${id}.name`) : id;
    },
    length,
    lengthOf: (run, kind) => {
      const text = length(run.configs[kind]);
      return kind === 'short' ? t('lengths.short', { length: text }) : text;
    },
  };
}
