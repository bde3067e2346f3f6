/** The conv lab: setup at the left, the stage with its player in the middle, code, formula and comparison below. */
import { Kbd, Title } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { lab } from '@/features/convLab/convLabStore';
import { Panel } from '@/ui/layout/Panel';
import { CodePanel } from '@/features/convLab/CodePanel';
import { DevicePanel } from '@/features/convLab/DevicePanel';
import { ExportMenu } from '@/features/convLab/ExportMenu';
import { FollowingControls } from '@/features/convLab/FollowingControls';
import { FormulaPanel } from '@/features/convLab/FormulaPanel';
import { InputControls } from '@/features/convLab/InputControls';
import { KernelControls } from '@/features/convLab/KernelControls';
import { LabLink } from '@/features/convLab/LabLink';
import { LiveRegion } from '@/features/convLab/LiveRegion';
import { NetworkControls } from '@/features/convLab/NetworkControls';
import { OperatorControls } from '@/features/convLab/OperatorControls';
import { ProductCountPanel } from '@/features/convLab/ProductCountPanel';
import { StageTabs, StageView } from '@/features/convLab/StageView';
import { Transport } from '@/features/convLab/Transport';
import { usePlayback } from '@/features/convLab/usePlayback';
import classes from '@/features/convLab/convLab.module.css';

function KeyHelp() {
  const { t } = useTranslation('convLab');
  const keys = [
    ['← ↑ → ↓', t('keys.move')],
    ['0–9', t('keys.digits')],
    ['−', t('keys.negate')],
    ['Enter', t('keys.enter')],
    ['Space', t('keys.play')],
    [', .', t('keys.step')],
  ] as const;
  return (
    <Panel title={t('keys.title')}>
      <ul className={classes['keys']}>
        {keys.map(([key, text]) => (
          <li key={key}>
            <Kbd size="xs">{key}</Kbd> {text}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Keys of the player, while the focus is on a grid or on nothing that uses the key itself. */
function onPlayerKey(event: KeyboardEvent<HTMLElement>): void {
  const isGrid = event.target instanceof SVGElement;
  if (!isGrid || event.ctrlKey || event.metaKey || event.altKey) return;
  const { playing } = lab.store.getState();
  if (event.key === ' ') {
    // A key that is held repeats.
    if (event.repeat) return event.preventDefault();
    if (playing) lab.actions.pause();
    else lab.actions.play();
  } else if (event.key === '.') lab.actions.advance(1);
  else if (event.key === ',') lab.actions.advance(-1);
  else return;
  event.preventDefault();
}

export function ConvLabView() {
  const { t } = useTranslation('convLab');
  usePlayback();
  return (
    // The keys belong to the grids inside; the page only hears them.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className={classes['page']} onKeyDown={onPlayerKey}>
      <header className={classes['intro']}>
        <Title order={1}>{t('title')}</Title>
        <p>{t('intro')}</p>
      </header>
      <LabLink />
      <aside className={classes['setup']} aria-label={t('setup')}>
        <Panel>
          <InputControls />
          <KernelControls />
          <OperatorControls />
          <FollowingControls />
          <NetworkControls />
        </Panel>
      </aside>
      <div className={classes['main']}>
        <Panel
          title={t('stages.title')}
          actions={
            <>
              <StageTabs />
              <ExportMenu />
            </>
          }
        >
          <Transport />
          <StageView />
        </Panel>
        <div className={classes['below']}>
          <CodePanel />
          <DevicePanel />
          <div className={classes['stack']}>
            <FormulaPanel />
            <ProductCountPanel />
            <KeyHelp />
          </div>
        </div>
      </div>
      <LiveRegion />
    </div>
  );
}
