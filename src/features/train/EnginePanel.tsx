/** What computes, why it is not something faster, and the choice of another. */
import { Select, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { session, useSession } from '@/session/session';
import type { BackendState } from '@/session/sessionState';
import { EngineNotices } from '@/features/train/EngineNotices';
import { Icon } from '@/ui/icons/icons';
import { Panel } from '@/ui/layout/Panel';
import { WorkerErrorAlert } from '@/panels/run/WorkerErrorAlert';
import { useDeviceText } from '@/ui/text/deviceText';
import classes from '@/features/train/EnginePanel.module.css';

const choices = ['auto', 'webgpu', 'webgl', 'wasm', 'cpu'] as const;
type Choice = (typeof choices)[number];
type Probe = Extract<BackendState, { kind: 'ready' }>['probes'][number];

const isChoice = (value: string | null): value is Choice => choices.some((choice) => choice === value);

function Found({ backend }: Pick<Extract<BackendState, { kind: 'ready' }>, 'backend'>) {
  const { t } = useTranslation('train');
  const { t: common } = useTranslation('common');
  const deviceText = useDeviceText();
  return (
    <div>
      <div className={classes['name']}>{common(`backend.names.${backend.backend}`)}</div>
      <div className={classes['device']} data-testid="engine-device">
        {deviceText(backend.device)}
      </div>
      {backend.isSoftware && <div className={classes['software']}>{t('engine.software')}</div>}
      <EngineNotices backend={backend} />
    </div>
  );
}

function Running({ state }: { readonly state: BackendState }) {
  const { t } = useTranslation('train');
  const { t: common } = useTranslation();
  if (state.kind === 'failed') {
    const retry = { label: common('retry'), onClick: () => session.actions.retryEngine() };
    return <WorkerErrorAlert error={state.error} action={retry} />;
  }
  return (
    <div className={classes['running']}>
      <span className={classes['chip']}>
        <Icon name="chip" size={20} />
      </span>
      {state.kind === 'probing' ? (
        <p className={classes['device']}>{t('engine.probing')}</p>
      ) : (
        <Found backend={state.backend} />
      )}
    </div>
  );
}

/** Why the fastest engine does not run, with what can be done. */
function WhyNotWebGpu({ probe }: { readonly probe: Probe }) {
  const { t } = useTranslation('train');
  return (
    <details className={classes['why']} open>
      <summary>{t('engine.why')}</summary>
      <p>{t(`engine.reasons.${probe.reason}`)}</p>
      {probe.detail !== '' && <p className={classes['detail']}>{probe.detail}</p>}
    </details>
  );
}

export function EnginePanel() {
  const { t } = useTranslation('train');
  const { t: common } = useTranslation('common');
  const state = useSession((session) => session.backend);
  const choice = useSession((session) => session.settings.engineChoice);
  const reference = useSession((session) => session.settings.referenceEngine);
  const hasOwnEngine =
    state.kind === 'ready' && (state.backend.backend === 'wasm' || state.backend.backend === 'webgpu');
  const probes = state.kind === 'probing' ? [] : state.probes;
  const webgpu = probes.find((probe) => probe.backend === 'webgpu');
  const runsWebGpu = state.kind === 'ready' && state.backend.backend === 'webgpu';
  const labelOf = (name: Choice): string => {
    if (name === 'auto') return t('engine.automatic');
    const isMissing = probes.some((probe) => probe.backend === name && !probe.usable);
    const label = common(`backend.names.${name}`);
    return isMissing ? `${label} (${t('engine.unavailable')})` : label;
  };
  return (
    <Panel title={t('engine.title')}>
      <div className={classes['stack']}>
        <Running state={state} />
        <Select
          size="sm"
          aria-label={t('engine.choice')}
          data={choices.map((value) => ({
            value,
            label: labelOf(value),
            disabled: probes.some((probe) => probe.backend === value && !probe.usable),
          }))}
          value={choice}
          allowDeselect={false}
          data-testid="engine-select"
          onChange={(next) => {
            if (isChoice(next)) session.actions.selectBackend(next);
          }}
        />
        {hasOwnEngine && (
          <Switch
            size="sm"
            label={t('engine.reference')}
            description={t('engine.referenceHint')}
            checked={reference}
            onChange={(event) => session.actions.setReferenceEngine(event.currentTarget.checked)}
          />
        )}
        {webgpu !== undefined && !runsWebGpu && webgpu.reason !== 'available' && (
          <WhyNotWebGpu probe={webgpu} />
        )}
      </div>
    </Panel>
  );
}
