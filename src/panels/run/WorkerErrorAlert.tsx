/** An error of the training worker, worded by its code. */
import { useTranslation } from 'react-i18next';
import { assertNever } from '@/model/layers';
import type { RunState } from '@/session/sessionState';
import { ErrorAlert, type ErrorAlertProps } from '@/ui/feedback/ErrorAlert';

export interface WorkerErrorAlertProps {
  readonly error: NonNullable<RunState['error']>;
  readonly action?: ErrorAlertProps['action'];
}

/** What happened, in the reader's language where the error came in parts, else as the machine says it. */
function useDetail({ message, details }: WorkerErrorAlertProps['error']): string {
  const { t } = useTranslation('errors');
  switch (details?.kind) {
    case undefined:
    // Of a weight file, which WeightsRefused.tsx words.
    case 'truncated':
    case 'header':
    case 'layout':
    case 'damaged':
    case 'too_large':
    case 'opcode':
    case 'whole_module':
    case 'no_state_dict':
    case 'dtype':
    case 'foreign':
    case 'unreadable':
    case 'mismatch':
    // Of files that are to become a data set, which ImportProblem.tsx words.
    case 'data_import':
      return message;
    case 'data_missing':
      return t('details.missing', { start: details.data.sha256.slice(0, 12) });
    case 'http':
      return t('details.http', { status: details.status });
    case 'web_page':
      return t('details.webPage');
    case 'stalled':
      return t('details.stalled', { seconds: details.seconds });
    case 'disconnected':
      return t('details.disconnected');
    default:
      return assertNever(details);
  }
}

export function WorkerErrorAlert({ error, action }: WorkerErrorAlertProps) {
  const { t } = useTranslation('errors');
  const subject = error.subject === null ? '' : `${error.subject}: `;
  const detail = useDetail(error);
  return (
    <ErrorAlert title={t(`${error.code}.title`)} detail={`${subject}${detail}`} action={action}>
      {t(`${error.code}.text`)}
    </ErrorAlert>
  );
}
