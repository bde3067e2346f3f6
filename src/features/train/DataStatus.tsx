/** Loading of the 70,000 digits: bytes so far, or what went wrong and a way to try again. */
import { Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { session, useSession } from '@/session/session';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { WorkerErrorAlert } from '@/panels/run/WorkerErrorAlert';
import classes from '@/features/train/RunBar.module.css';

export function DataStatus() {
  const { t } = useTranslation('train');
  const { t: common } = useTranslation('common');
  const format = useNumberFormat();
  const data = useSession((state) => state.data);
  if (data.kind === 'failed' && data.error !== null) {
    return (
      <WorkerErrorAlert
        error={data.error}
        action={{ label: common('retry'), onClick: () => session.actions.retryData() }}
      />
    );
  }
  if (data.kind !== 'loading' || data.totalBytes === 0) return null;
  return (
    <div className={classes['data']} data-testid="data-progress">
      <div className={classes['dataText']}>
        <span>
          {data.fromCache
            ? t('data.fromCache')
            : t('data.loading', {
                loaded: format.bytes(data.loadedBytes),
                total: format.bytes(data.totalBytes),
              })}
        </span>
        {data.trainingImages > 0 && (
          <span>{t('data.images', { images: format.integer(data.trainingImages) })}</span>
        )}
      </div>
      <Progress
        value={(100 * data.loadedBytes) / data.totalBytes}
        size={6}
        color="teal"
        aria-label={t('data.label')}
      />
    </div>
  );
}
