/** The words and numbers of a report in the page's language. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Hyperparameter } from '@/model/hyperparameter';
import { hyperparameters } from '@/model/hyperparameters';
import type { LayerSpec } from '@/model/layers';
import type { RunConfig } from '@/model/runConfig';
import type { Shape } from '@/model/shape';
import { useDiagnosisText, type DiagnosisText } from '@/features/train/useDiagnosisText';
import { useDeviceText } from '@/ui/text/deviceText';
import { useChoiceText, useFieldTexts } from '@/ui/text/useFieldTexts';
import { layerDetail, shapeText } from '@/panels/network/layerText';
import { useNumberFormat, type NumberFormat } from '@/ui/text/numberFormat';

export interface Setting {
  readonly key: string;
  readonly label: string;
  readonly value: string;
}

export interface ReportTexts {
  readonly t: ReturnType<typeof useTranslation<'labReport'>>['t'];
  readonly language: string;
  readonly format: NumberFormat;
  readonly diagnosis: DiagnosisText;
  /** Every setting that the configuration has. */
  readonly settings: (config: RunConfig) => readonly Setting[];
  readonly layerDetail: (layer: LayerSpec) => string;
  readonly shape: (shape: Shape) => string;
  readonly device: (device: string) => string;
}

export function useReportTexts(): ReportTexts {
  const { t, i18n } = useTranslation('labReport');
  const { t: network } = useTranslation('network');
  const format = useNumberFormat();
  const diagnosis = useDiagnosisText();
  const fieldTexts = useFieldTexts();
  const choiceText = useChoiceText();
  const device = useDeviceText();
  return useMemo(() => {
    const valueText = (field: Hyperparameter, value: number | boolean | string): string => {
      if (typeof value === 'boolean') return t(value ? 'doc.yes' : 'doc.no');
      if (typeof value === 'number') return format.plain(value);
      return field.kind === 'choice' ? choiceText(field, value) : value;
    };
    return {
      t,
      language: i18n.language,
      format,
      diagnosis,
      settings: (config) =>
        hyperparameters.flatMap((field) => {
          const value = field.read(config);
          if (value === undefined) return [];
          return [{ key: field.key, label: fieldTexts(field).label, value: valueText(field, value) }];
        }),
      layerDetail: (layer) => layerDetail(layer, network),
      shape: (shape) => shapeText(shape, format.integer),
      device,
    };
  }, [t, i18n.language, network, format, diagnosis, fieldTexts, choiceText, device]);
}
