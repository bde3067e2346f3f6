/** The value of a hyperparameter in words. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Hyperparameter, HyperparameterValue } from '@/model/hyperparameter';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { useChoiceText } from '@/ui/text/useFieldTexts';

/** A dash where a run has no such setting. */
export function useSettingText(): (field: Hyperparameter, value: HyperparameterValue | undefined) => string {
  const { t } = useTranslation('hyperparameters');
  const format = useNumberFormat();
  const choiceText = useChoiceText();
  return useCallback(
    (field, value) => {
      if (value === undefined) return '–';
      if (typeof value === 'number') return field.key === 'seed' ? String(value) : format.plain(value);
      if (typeof value === 'boolean') return t(value ? 'values.on' : 'values.off');
      return field.kind === 'choice' ? choiceText(field, value) : value;
    },
    [t, format, choiceText],
  );
}
