/** What becomes of a file of runs that is written or read. */
import { Alert, CloseButton, Progress } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { closeRunFileNews, useRunFiles, type RunFileState } from '@/features/runs/runFiles';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/runs/runs.module.css';

type Told = Extract<RunFileState, { readonly kind: 'writing' | 'reading' | 'written' | 'read' }>;

function useNewsText(): (state: Told) => string {
  const { t } = useTranslation('runs');
  const format = useNumberFormat();
  return (state) => {
    switch (state.kind) {
      case 'writing':
      case 'reading':
        return t(`files.${state.kind}`, { done: format.integer(state.done), all: format.integer(state.all) });
      case 'written':
        return t('files.written', {
          count: state.runs,
          runs: format.integer(state.runs),
          bytes: format.bytes(state.bytes),
        });
      case 'read': {
        const added = t('files.read', { count: state.added, runs: format.integer(state.added) });
        const { present } = state;
        return present === 0
          ? added
          : `${added} ${t('files.present', { count: present, runs: format.integer(present) })}`;
      }
      default:
        return state satisfies never;
    }
  };
}

export function RunFileNews() {
  const { t } = useTranslation('runs');
  const state = useRunFiles();
  const text = useNewsText();
  if (state.kind === 'none') return null;
  const close = { label: t('files.close'), onClick: closeRunFileNews };
  if (state.kind === 'failed') {
    return (
      <ErrorAlert title={t('files.failed')} detail={state.message} action={close}>
        {t('files.failedText')}
      </ErrorAlert>
    );
  }
  if (state.kind === 'refused') {
    const { details, file } = state;
    return (
      <ErrorAlert
        title={t('files.refused', { file })}
        detail={details.kind === 'damaged' ? details.part : undefined}
        action={close}
      >
        {t(`files.refusals.${details.kind}`)}
      </ErrorAlert>
    );
  }
  const isBusy = state.kind === 'writing' || state.kind === 'reading';
  return (
    <Alert role="note" aria-live="polite" variant="outline" data-testid="run-file-news">
      <div className={classes['news']}>
        {text(state)}
        {!isBusy && <CloseButton size="sm" aria-label={t('files.close')} onClick={closeRunFileNews} />}
      </div>
      {isBusy && state.all > 0 && (
        <Progress mt={6} value={(100 * state.done) / state.all} aria-label={text(state)} />
      )}
    </Alert>
  );
}
