/** The conv lab: setup at the left, the stage with its player in the middle, code, formula and comparison below. */
import { Kbd, Title } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { lab } from '@/store/convLabStore';
import { Panel } from '@/views/ui/Panel';
import { CodePanel } from '@/views/convLab/CodePanel';
import { DevicePanel } from '@/views/convLab/DevicePanel';
import { ExportMenu } from '@/views/convLab/ExportMenu';
import { FormulaPanel } from '@/views/convLab/FormulaPanel';
import { InputControls } from '@/views/convLab/InputControls';
import { KernelControls } from '@/views/convLab/KernelControls';
import { LabLink } from '@/views/convLab/LabLink';
import { LiveRegion } from '@/views/convLab/LiveRegion';
import { NetworkControls } from '@/views/convLab/NetworkControls';
import { OperatorControls } from '@/views/convLab/OperatorControls';
import { StageTabs, StageView } from '@/views/convLab/StageView';
import { Transport } from '@/views/convLab/Transport';
import { usePlayback } from '@/views/convLab/usePlayback';
import classes from '@/views/convLab/convLab.module.css';

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
            <KeyHelp />
          </div>
        </div>
      </div>
      <LiveRegion />
    </div>
  );
}
