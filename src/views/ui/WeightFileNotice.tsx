/** What became of a weights file: fits, does not fit (with the keys), or cannot be read. */
import { CloseButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { StateDictMismatch } from '@/formats/checkpoint';
import { ErrorAlert } from '@/views/ui/ErrorAlert';
import { Icon } from '@/views/ui/icons';
import { useNumberFormat } from '@/views/ui/numberFormat';
import type { SavedWeights, WeightLoad } from '@/views/ui/weightFile';
import classes from '@/views/ui/WeightFiles.module.css';

interface About {
  readonly file: string;
  readonly network: string;
}

export type WeightNotice =
  | { readonly kind: 'saving' }
  | ({ readonly kind: 'saved' } & SavedWeights)
  | { readonly kind: 'save_failed'; readonly message: string }
  | ({ readonly kind: 'loading' } & About)
  | (About & WeightLoad);

const shownKeys = 6;

function KeyList({ title, items }: { readonly title: string; readonly items: readonly string[] }) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  if (items.length === 0) return null;
  const rest = items.length - shownKeys;
  return (
    <div>
      <h3 className={classes['keysTitle']}>
        {title} ({format.integer(items.length)})
      </h3>
      <ul className={classes['keys']}>
        {items.slice(0, shownKeys).map((item) => (
          <li key={item}>{item}</li>
        ))}
        {rest > 0 && <li className={classes['rest']}>{t('weights.more', { rest: format.integer(rest) })}</li>}
      </ul>
    </div>
  );
}

function MismatchLists({ mismatch }: { readonly mismatch: StateDictMismatch }) {
  const { t } = useTranslation('network');
  return (
    <div className={classes['mismatch']}>
      <KeyList title={t('weights.missing')} items={mismatch.missing} />
      <KeyList title={t('weights.unexpected')} items={mismatch.unexpected} />
      <KeyList
        title={t('weights.differing')}
        items={mismatch.differing.map(
          ({ key, given, expected }) => `${key}: ${t('weights.shapes', { given, expected })}`,
        )}
      />
    </div>
  );
}

function NoticeBody({ notice }: { readonly notice: WeightNotice }) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  switch (notice.kind) {
    case 'saving':
      return <p className={classes['busy']}>{t('weights.saving')}</p>;
    case 'loading':
      return <p className={classes['busy']}>{t('weights.loading', { file: notice.file })}</p>;
    case 'saved':
      return (
        <p className={classes['good']}>
          <Icon name="check" size={16} />
          {t('weights.saved', { file: notice.fileName, size: format.bytes(notice.bytes) })}
        </p>
      );
    case 'loaded':
      return (
        <p className={classes['good']}>
          <Icon name="check" size={16} />
          {t('weights.loaded', {
            file: notice.file,
            network: notice.network,
            tensors: format.integer(notice.tensors),
          })}
        </p>
      );
    case 'save_failed':
      return <ErrorAlert title={t('weights.saveFailed')} detail={notice.message} />;
    case 'not_ready':
      return (
        <ErrorAlert tone="warning" title={t('weights.unreadable', { file: notice.file })}>
          {t('weights.notReady')}
        </ErrorAlert>
      );
    case 'unreadable':
      return (
        <ErrorAlert title={t('weights.unreadable', { file: notice.file })} detail={notice.message}>
          {t('weights.unreadableHint')}
        </ErrorAlert>
      );
    case 'mismatch':
      return (
        <ErrorAlert title={t('weights.failed', { file: notice.file, network: notice.network })}>
          <p className={classes['advice']}>{t('weights.mismatch')}</p>
          <MismatchLists mismatch={notice.mismatch} />
        </ErrorAlert>
      );
    default:
      return notice satisfies never;
  }
}

export function WeightFileNotice({
  notice,
  onDismiss,
}: {
  readonly notice: WeightNotice | null;
  readonly onDismiss: () => void;
}) {
  const { t } = useTranslation('network');
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
              aria-label={t('weights.dismiss')}
              onClick={onDismiss}
            />
          )}
        </>
      )}
    </div>
  );
}
