/** An error of the training worker, worded by its code. */
import { useTranslation } from 'react-i18next';
import type { RunState } from '@/store/sessionState';
import { ErrorAlert, type ErrorAlertProps } from '@/views/ui/ErrorAlert';

export interface WorkerErrorAlertProps {
  readonly error: NonNullable<RunState['error']>;
  readonly action?: ErrorAlertProps['action'];
}

export function WorkerErrorAlert({ error, action }: WorkerErrorAlertProps) {
  const { t } = useTranslation('errors');
  const subject = error.subject === null ? '' : `${error.subject}: `;
  return (
    <ErrorAlert title={t(`${error.code}.title`)} detail={`${subject}${error.message}`} action={action}>
      {t(`${error.code}.text`)}
    </ErrorAlert>
  );
}
