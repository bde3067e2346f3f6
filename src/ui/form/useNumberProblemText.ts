import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { NumberProblem } from '@/model/numberRange';
import { useNumberFormat } from '@/ui/text/numberFormat';

/** Says what is wrong with a number. */
export function useNumberProblemText(): (problem: NumberProblem) => string {
  const { t } = useTranslation('common');
  const format = useNumberFormat();
  return useCallback(
    (problem) => {
      // A limit is named exactly: 1,048,576 and 1e-12.
      const limit = (value: number): string =>
        Number.isInteger(value) ? format.integer(value) : String(value);
      switch (problem.code) {
        case 'too_small':
          return t('number.too_small', { min: limit(problem.min) });
        case 'too_large':
          return t('number.too_large', { max: limit(problem.max) });
        case 'ambiguous':
          return t('number.ambiguous', { first: problem.readings[0], second: problem.readings[1] });
        case 'empty':
        case 'not_a_number':
        case 'not_an_integer':
          return t(`number.${problem.code}`);
        default:
          return problem satisfies never;
      }
    },
    [t, format],
  );
}
