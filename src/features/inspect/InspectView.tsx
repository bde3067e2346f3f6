/** Looks into the network on show: one tab a question, beside the image that is asked about. */
import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, Redirect, useLocation } from 'wouter';
import { useSession } from '@/session/session';
import { MissingData } from '@/panels/data/MissingData';
import { CurrentNetwork } from '@/panels/network/CurrentNetwork';
import { UntrainedNote } from '@/panels/network/UntrainedNote';
import { StepScrubber } from '@/panels/run/StepScrubber';
import { ErrorBoundary } from '@/ui/feedback/ErrorBoundary';
import { Part } from '@/ui/loading/Part';
import { ImagePanel } from '@/features/inspect/image/ImagePanel';
import { inspectTabs } from '@/features/inspect/inspectTabs';
import classes from '@/features/inspect/inspect.module.css';

const base = '/inspect';
/** Half of the thumb, which would stand over the page's edge. */
const thumbMargin = { left: 8, right: 8 } as const;

/** Which network is looked at, and the way to its earlier steps. */
function Network() {
  const step = useSession((state) => state.run?.step ?? 0);
  const lacksData = useSession(({ run, runWithoutData }) => run !== null && run.runId === runWithoutData);
  return (
    <div className={classes['network']}>
      <CurrentNetwork />
      {lacksData && <MissingData />}
      <StepScrubber margin={thumbMargin} axisEnd={step} />
    </div>
  );
}

export function InspectView() {
  const { t } = useTranslation('inspect');
  const [location] = useLocation();
  const path = location.slice(base.length + 1);
  const tab = path === '' ? inspectTabs[0] : inspectTabs.find((one) => one.path === path);
  if (tab === undefined) return <Redirect to={base} replace />;
  const { part, usesImage } = tab;
  return (
    <div className={classes['page']}>
      <header className={classes['intro']}>
        <Title order={1}>{t('title')}</Title>
        <p>{t('intro')}</p>
      </header>
      <Network />
      <UntrainedNote />
      {inspectTabs.length > 1 && (
        <nav className={classes['tabs']} aria-label={t('tabsLabel')}>
          {inspectTabs.map((one) => (
            <Link
              key={one.path}
              href={`${base}/${one.path}`}
              className={classes['tab']}
              aria-current={one === tab ? 'page' : undefined}
            >
              {t(`tabs.${one.label}`)}
            </Link>
          ))}
        </nav>
      )}
      <div className={classes['columns']} data-image={usesImage}>
        {usesImage && (
          <aside className={classes['side']} aria-label={t('image.title')}>
            <ImagePanel />
          </aside>
        )}
        <div className={classes['content']}>
          <ErrorBoundary key={tab.path}>
            <Part part={part} />
          </ErrorBoundary>
        </div>
      </div>
    </div>
  );
}
