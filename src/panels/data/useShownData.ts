import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { className, dataOf, isMnist, type DataSpec } from '@/model/dataSet';
import { shownData } from '@/session/selectors';
import { useSession } from '@/session/session';
import { useDataName } from '@/panels/data/useDataName';

/** What the network on show is trained on. */
export function useShownData(): DataSpec {
  return useSession((state) => dataOf({ data: shownData(state) }));
}

/** Names the classes of that data by their labels. */
export function useClassName(): (label: number) => string {
  const data = useShownData();
  return useCallback((label) => className(data, label), [data]);
}

/** The data's name where it is not MNIST as it comes; null there, which nobody has to be told. */
export function useOtherDataName(): string | null {
  const { t } = useTranslation('data');
  const nameOf = useDataName();
  const data = useShownData();
  return isMnist(data) && data.drawings === undefined ? null : t('status', { name: nameOf(data) });
}
