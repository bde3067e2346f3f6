/** What is said of a sweep's points, in the reader's language. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { SweepMetric } from '@/features/runs/sweeps/sweepResults';
import type { PointResult } from '@/features/runs/sweeps/sweepResults';
import type { Hyperparameter } from '@/model/hyperparameter';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { useFieldTexts } from '@/ui/text/useFieldTexts';
import { useSettingText } from '@/ui/text/useSettingText';

export interface SweepTexts {
  readonly fieldName: (field: Hyperparameter) => string;
  readonly setting: ReturnType<typeof useSettingText>;
  /** Learning rate 0.1, Momentum 0.9 */
  readonly point: (fields: readonly Hyperparameter[], result: Pick<PointResult, 'values'>) => string;
  readonly metric: (metric: SweepMetric, value: number) => string;
  /** With its spread, where there is one; a dash where nothing has ended. */
  readonly mean: (metric: SweepMetric, result: Pick<PointResult, 'mean' | 'deviation'>) => string;
}

export function useSweepTexts(): SweepTexts {
  const { t } = useTranslation('sweeps');
  const format = useNumberFormat();
  const fieldTexts = useFieldTexts();
  const setting = useSettingText();
  return useMemo(() => {
    const metric = (of: SweepMetric, value: number): string =>
      of === 'lastLoss' ? format.loss(value) : format.percent(value);
    const fieldName = (field: Hyperparameter): string => fieldTexts(field).label;
    return {
      fieldName,
      setting,
      metric,
      point: (fields, { values }) =>
        fields
          .flatMap((field, i) => {
            const value = values[i];
            if (value === undefined) return [];
            const text = setting(field, value);
            return [
              field.key === 'network' ? text : t('results.at', { name: fieldName(field), value: text }),
            ];
          })
          .join(', '),
      mean: (of, { mean, deviation }) => {
        if (mean === null) return '–';
        if (deviation === null) return metric(of, mean);
        return t('results.mean', { mean: metric(of, mean), deviation: metric(of, deviation) });
      },
    };
  }, [t, format, fieldTexts, setting]);
}
