/** Why an epoch's batches cannot be trained on, with a button for the change that mends it. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type BatchChange, type ConfigProblem, validateConfig } from '@/model/validate';
import { session, useSession } from '@/session/session';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { useNumberFormat } from '@/ui/text/numberFormat';

/** What is wrong with the draft's batches, or null. */
export function useBatchProblem(): ConfigProblem | null {
  const draft = useSession((state) => state.draft);
  return useMemo(
    () =>
      validateConfig(draft).find(
        ({ code }) => code === 'one_value_per_channel' || code === 'no_whole_batch',
      ) ?? null,
    [draft],
  );
}

function useChangeLabel(): (change: BatchChange) => string {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  return ({ dropLast, batchSize, trainingImages }) => {
    if (dropLast !== undefined) return t(dropLast ? 'batches.dropLast' : 'batches.keepLast');
    const batch = format.integer(batchSize ?? 0);
    const images = format.integer(trainingImages ?? 0);
    if (trainingImages === undefined) return t('cost.useBatch', { batch });
    return batchSize === undefined
      ? t('cost.useImages', { images })
      : t('batches.useBoth', { images, batch });
  };
}

export function BatchNotice({ problem }: { readonly problem: ConfigProblem }) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const changeLabel = useChangeLabel();
  const { code, details, change } = problem;
  const sizes = {
    trainingImages: format.integer(Number(details['trainingImages'])),
    batchSize: format.integer(Number(details['batchSize'])),
  };
  const isLast = Number(details['batchSize']) > 1 && Number(details['trainingImages']) > 1;
  return (
    <ErrorAlert
      title={t('batches.title')}
      action={
        change === undefined
          ? undefined
          : { label: changeLabel(change), onClick: () => session.actions.updateDraft(change) }
      }
    >
      {code === 'no_whole_batch'
        ? t('batches.no_whole_batch', sizes)
        : t('batches.one_value_per_channel', {
            layer: String(details['layer']),
            size: String(details['size']),
          })}
      {code === 'one_value_per_channel' && isLast && ` ${t('batches.lastBatch', sizes)}`}
    </ErrorAlert>
  );
}
