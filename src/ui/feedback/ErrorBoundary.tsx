/** Keeps the header and the training alive when one page fails to render. */
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';

function CrashMessage({ detail }: { readonly detail: string }) {
  const { t } = useTranslation();
  return (
    <ErrorAlert
      title={t('crash.title')}
      detail={detail}
      action={{ label: t('reloadPage'), onClick: () => window.location.reload() }}
    >
      {t('crash.text')}
    </ErrorAlert>
  );
}

interface State {
  readonly error: Error | null;
}

export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === null ? this.props.children : <CrashMessage detail={error.message} />;
  }
}
