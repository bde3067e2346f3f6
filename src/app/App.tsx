import { Button, Title, useComputedColorScheme } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { Header } from '@/app/Header';
import { footerRoutes, pageAt } from '@/app/routes';
import { ErrorBoundary } from '@/ui/feedback/ErrorBoundary';
import { FailureNotices } from '@/panels/run/FailureNotices';
import { RunNotices } from '@/panels/run/RunNotices';
import { overlaysId } from '@/ui/theme/theme';
import { Part } from '@/ui/loading/Part';
import { WeightsQuestionDialog } from '@/panels/weights/WeightsQuestionDialog';
import classes from '@/app/App.module.css';

function NotFound() {
  const { t } = useTranslation();
  return (
    <div className={classes['centred']}>
      <Title order={1}>{t('notFound.title')}</Title>
      <p>{t('notFound.text')}</p>
      <Button component={Link} href="/">
        {t('notFound.action')}
      </Button>
    </div>
  );
}

/** The document's title names the page, so that tabs and screen readers tell them apart. */
function useDocumentTitle(): void {
  const { t } = useTranslation();
  const [location] = useLocation();
  const page = pageAt(location);
  const name = t('appName');
  const title = page === undefined ? name : `${t(`nav.${page.label}`)} · ${name}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}

/** The browser's own bars follow the scheme that was chosen, not only the system's. */
function useThemeColor(): void {
  const scheme = useComputedColorScheme();
  useEffect(() => {
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]'))
      meta.media = meta.dataset['scheme'] === scheme ? 'all' : 'not all';
  }, [scheme]);
}

export function App() {
  const { t } = useTranslation();
  const [location] = useLocation();
  useDocumentTitle();
  useThemeColor();
  const page = pageAt(location);
  return (
    <div className={classes['shell']}>
      <a className={classes['skip']} href="#content">
        {t('skipToContent')}
      </a>
      <Header />
      <main id="content" className={classes['main']} tabIndex={-1}>
        <FailureNotices />
        <RunNotices />
        <ErrorBoundary key={page?.path ?? location}>
          {page === undefined ? <NotFound /> : <Part part={page.part} heading={t(`nav.${page.label}`)} />}
        </ErrorBoundary>
        <WeightsQuestionDialog />
        <div id={overlaysId} />
      </main>
      <footer className={classes['footer']}>
        {footerRoutes.map(({ path, label }) => (
          <Link key={path} href={path} aria-current={path === location ? 'page' : undefined}>
            {t(`nav.${label}`)}
          </Link>
        ))}
      </footer>
    </div>
  );
}
