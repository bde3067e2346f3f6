import { useTranslation } from 'react-i18next';
import { isUntrained } from '@/model/weightsOrigin';
import { useSession } from '@/session/session';
import { weightsShown } from '@/session/startPlan';
import { useNumberFormat } from '@/ui/text/numberFormat';

/** Says which network answers, and where its weights come from; null before there is one. */
export function useCurrentNetworkText(): string | null {
  const { t } = useTranslation('currentNetwork');
  const format = useNumberFormat();
  const network = useSession(({ run }) => run?.config.network.name ?? null);
  const file = useSession((state) => weightsShown(state).fileName);
  const count = useSession((state) => weightsShown(state).steps);
  if (network === null) return null;
  if (isUntrained({ fileName: file, steps: count })) return t('network.seed', { network });
  const steps = format.integer(count);
  if (file === null) return t('network.trained', { network, count, steps });
  return count === 0
    ? t('network.file', { network, file })
    : t('network.fileTrained', { network, file, count, steps });
}
