import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConfigProblem } from '@/model/validate';
import { useNumberFormat } from '@/views/ui/numberFormat';

/** Words a problem of the settings. */
export function useProblemText(): (problem: ConfigProblem) => string {
  const { t } = useTranslation('hyperparameters');
  const format = useNumberFormat();
  return useCallback(
    ({ code, details }) => {
      const text = (name: string): string => {
        const value = details[name] ?? '';
        return typeof value === 'number' ? format.plain(value) : value;
      };
      switch (code) {
        case 'too_small':
          return t('problems.too_small', { min: text('min') });
        case 'too_large':
          return t('problems.too_large', { max: text('max') });
        case 'not_a_choice':
          return t('problems.not_a_choice', { value: text('value') });
        case 'network_does_not_fit':
          return t('problems.network_does_not_fit', { layer: text('layer') });
        case 'not_a_number':
        case 'not_an_integer':
        case 'nesterov_needs_momentum':
        case 'nesterov_needs_no_dampening':
          return t(`problems.${code}`);
        default:
          return code satisfies never;
      }
    },
    [t, format],
  );
}
