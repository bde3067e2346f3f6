/** What became of a weights file: saved, loaded, or refused. */
import { CloseButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { assertNever } from '@/model/layers';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { Icon } from '@/ui/icons/icons';
import { useNumberFormat } from '@/ui/text/numberFormat';
import type { SavedFile, WeightLoad } from '@/panels/weights/weightFile';
import { WeightsLoaded } from '@/panels/weights/WeightsLoaded';
import { WeightsRefused } from '@/panels/weights/WeightsRefused';
import classes from '@/panels/weights/WeightFiles.module.css';

interface About {
  readonly file: string;
  readonly network: string;
}

export type WeightNotice =
  /** done: share of the test images that were read for it, where it needs them */
  | { readonly kind: 'saving'; readonly done: number | null }
  | ({ readonly kind: 'saved' } & SavedFile)
  | { readonly kind: 'save_failed'; readonly message: string }
  | ({ readonly kind: 'loading' } & About)
  | (About & WeightLoad);

function NoticeBody({ notice }: { readonly notice: WeightNotice }) {
  const { t } = useTranslation('weights');
  const format = useNumberFormat();
  switch (notice.kind) {
    case 'saving':
      return (
        <p className={classes['busy']}>
          {notice.done === null ? t('saving') : t('savingTest', { done: format.percent(notice.done, 0) })}
        </p>
      );
    case 'loading':
      return <p className={classes['busy']}>{t('loading', { file: notice.file })}</p>;
    case 'saved':
      return (
        <p className={classes['good']}>
          <Icon name="check" size={16} />
          {t('saved', { file: notice.fileName, size: format.bytes(notice.bytes) })}
        </p>
      );
    case 'cancelled':
      return <p className={classes['busy']}>{t('cancelled', { file: notice.file })}</p>;
    case 'save_failed':
      return <ErrorAlert title={t('saveFailed')} detail={notice.message} />;
    case 'loaded':
      return <WeightsLoaded {...notice} />;
    case 'failed':
      return <WeightsRefused {...notice} />;
    default:
      return assertNever(notice);
  }
}

export function WeightFileNotice({
  notice,
  onDismiss,
}: {
  readonly notice: WeightNotice | null;
  readonly onDismiss: () => void;
}) {
  const { t } = useTranslation('weights');
  const isBusy = notice?.kind === 'saving' || notice?.kind === 'loading';
  return (
    <div aria-live="polite" className={classes['notice']} data-testid="weights-notice">
      {notice !== null && (
        <>
          <NoticeBody notice={notice} />
          {!isBusy && (
            <CloseButton
              size="sm"
              className={classes['close']}
              aria-label={t('dismiss')}
              onClick={onDismiss}
            />
          )}
        </>
      )}
    </div>
  );
}
