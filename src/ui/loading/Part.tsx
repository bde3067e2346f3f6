/** Shows a part of the page whose script is fetched by itself: the part, that it is on its way, or that it has not come. */
import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import type { PagePart } from '@/ui/loading/pagePart';
import { usePagePart } from '@/ui/loading/usePagePart';
import classes from '@/ui/loading/Part.module.css';

/** What has not come, with the heading that a page has to have. */
function Missing({
  heading,
  children,
}: {
  readonly heading?: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    <div className={classes['missing']}>
      {heading !== undefined && <Title order={1}>{heading}</Title>}
      {children}
    </div>
  );
}

export interface PartProps {
  readonly part: PagePart;
  /** Of a whole page: its name, for as long as it is not there. */
  readonly heading?: string;
}

export function Part({ part, heading }: PartProps) {
  const { t } = useTranslation();
  const state = usePagePart(part);
  switch (state.kind) {
    case 'ready': {
      const { value: Ready } = state;
      return <Ready />;
    }
    case 'coming':
      return (
        <output className={classes['coming']} aria-busy="true">
          {t('part.coming')}
        </output>
      );
    case 'late':
      return (
        <Missing heading={heading}>
          <ErrorAlert
            tone="warning"
            title={t('part.late')}
            action={{ label: t('reloadPage'), onClick: () => window.location.reload() }}
          >
            {t('part.lateText')}
          </ErrorAlert>
        </Missing>
      );
    case 'failed':
      return (
        <Missing heading={heading}>
          <ErrorAlert
            title={t('part.failed')}
            detail={state.message}
            action={{ label: t('part.load'), onClick: () => void part.load() }}
          >
            {t('part.failedText')}
          </ErrorAlert>
        </Missing>
      );
    default:
      return state satisfies never;
  }
}
