import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { DataSpec } from '@/model/dataSet';
import { useNumberFormat } from '@/ui/text/numberFormat';

/** What data is called, with the drawings that are mixed in. */
export function useDataName(): (data: DataSpec) => string {
  const { t } = useTranslation('data');
  const format = useNumberFormat();
  return useCallback(
    ({ name, drawings }) =>
      drawings === undefined
        ? name
        : t('select.withDrawings', {
            name,
            count: drawings.count,
            images: format.integer(drawings.count),
            copies: format.integer(drawings.copies),
          }),
    [t, format],
  );
}
