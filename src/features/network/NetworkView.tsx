/** The draft's network: its architecture, its layers in numbers, its weights; and the editor to build one. */
import { Button, CopyButton, SegmentedControl, Title } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { findStandardNetwork } from '@/model/standardNetworks';
import { checkNetwork } from '@/model/networkCheck';
import { inputShape } from '@/model/shapes';
import { draftToQuery } from '@/session/draftLink';
import { useSession } from '@/session/session';
import { ArchitecturePanel } from '@/features/network/ArchitecturePanel';
import { BuildPanel } from '@/features/network/BuildPanel';
import { LayerTable } from '@/features/network/LayerTable';
import { NetworkPicker } from '@/features/network/NetworkPicker';
import { NetworkTotals } from '@/features/network/NetworkTotals';
import { CurrentNetwork } from '@/panels/network/CurrentNetwork';
import { Icon } from '@/ui/icons/icons';
import { Panel } from '@/ui/layout/Panel';
import { RunCost } from '@/panels/run/RunCost';
import { WeightFiles } from '@/panels/weights/WeightFiles';
import classes from '@/features/network/network.module.css';

type Mode = 'view' | 'build';

/** The whole draft travels in the fragment, which no server sees and limits. */
function CopyLink() {
  const { t } = useTranslation('network');
  const draft = useSession((state) => state.draft);
  const link = `${location.origin}${location.pathname}#${draftToQuery(draft)}`;
  return (
    <CopyButton value={link}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          leftSection={<Icon name={copied ? 'check' : 'copy'} size={16} />}
          onClick={copy}
        >
          {t(copied ? 'link.copied' : 'link.copy')}
        </Button>
      )}
    </CopyButton>
  );
}

/** What a run of it costs, and its weights as files. */
function Numbers() {
  const { t } = useTranslation('network');
  const { t: weights } = useTranslation('weights');
  return (
    <>
      <Panel title={t('cost.title')}>
        <RunCost />
      </Panel>
      <Panel title={weights('title')} hint={weights('hint')}>
        <WeightFiles />
      </Panel>
    </>
  );
}

export function NetworkView() {
  const { t } = useTranslation('network');
  const network = useSession((state) => state.draft.network);
  const pipeline = useSession((state) => state.draft.input);
  const [mode, setMode] = useState<Mode>(() =>
    findStandardNetwork(network.id) !== undefined ? 'view' : 'build',
  );
  const input = useMemo(() => inputShape(pipeline), [pipeline]);
  const check = useMemo(() => checkNetwork(network.layers, input), [network, input]);
  const drawn = { network, input, isValid: check.isValid };
  return (
    <div className={classes['page']}>
      <header className={classes['head']}>
        <div className={classes['intro']}>
          <Title order={1}>{t('title')}</Title>
          <p>{t('intro')}</p>
        </div>
        <div className={classes['choices']}>
          <NetworkPicker />
          <SegmentedControl<Mode>
            aria-label={t('mode.label')}
            value={mode}
            onChange={setMode}
            data={[
              { value: 'view', label: t('mode.view') },
              { value: 'build', label: t('mode.build') },
            ]}
          />
          <CopyLink />
          <Button component={Link} href="/" leftSection={<Icon name="play" size={16} />}>
            {t('picker.train')}
          </Button>
        </div>
      </header>
      <CurrentNetwork />
      <Panel className={classes['totals']}>
        <NetworkTotals {...drawn} />
      </Panel>
      <div className={classes['columns']} data-mode={mode}>
        <div className={classes['column']}>
          {mode === 'build' && <BuildPanel network={network} input={input} check={check} />}
          {mode === 'view' && <ArchitecturePanel {...drawn} />}
          {mode === 'view' && <Numbers />}
        </div>
        <div className={classes['column']}>
          {mode === 'build' && <ArchitecturePanel {...drawn} />}
          <Panel title={t('table.title')} hint={t('table.hint')}>
            <LayerTable check={check} label={t('table.label')} />
          </Panel>
          {mode === 'build' && <Numbers />}
        </div>
      </div>
    </div>
  );
}
