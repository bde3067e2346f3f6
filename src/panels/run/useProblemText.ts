import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConfigProblem } from '@/model/validate';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { useNumberProblemText } from '@/ui/form/useNumberProblemText';

/** Words a problem of the settings. */
export function useProblemText(): (problem: ConfigProblem) => string {
  const { t } = useTranslation('hyperparameters');
  const format = useNumberFormat();
  const numberText = useNumberProblemText();
  return useCallback(
    ({ code, details }) => {
      // The default is what an optimizer's definition says of its settings; `t` then knows a text for each.
      // oxlint-disable-next-line typescript/switch-exhaustiveness-check
      switch (code) {
        case 'too_small':
        case 'too_large':
          return numberText({ code, min: Number(details['min']), max: Number(details['max']) });
        case 'not_a_number':
        case 'not_an_integer':
          return numberText({ code });
        case 'not_a_choice':
          return t('problems.not_a_choice', { value: String(details['value']) });
        case 'network_does_not_fit':
          return t('problems.network_does_not_fit', { layer: String(details['layer']) });
        case 'no_whole_batch':
          return t('problems.no_whole_batch', { images: format.integer(Number(details['trainingImages'])) });
        case 'one_value_per_channel':
          return t('problems.one_value_per_channel', { layer: String(details['layer']) });
        default:
          return t(`problems.${code}`);
      }
    },
    [t, format, numberText],
  );
}
