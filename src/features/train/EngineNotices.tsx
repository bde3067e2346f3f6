/** Why the engine that computes is not what this device could have, and another try. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { session } from '@/session/session';
import type { BackendState } from '@/session/sessionState';
import classes from '@/features/train/EnginePanel.module.css';

type Backend = Extract<BackendState, { readonly kind: 'ready' }>['backend'];
type Reason = NonNullable<Backend['notices']>[number]['reason'];

/** Whether the same browser on the same server may do better the next time. */
const mayChange = {
  not_isolated: false,
  no_shared_memory: false,
  thread_failed: true,
  thread_silent: true,
  memory_not_shared: false,
  threaded_kernels_failed: true,
  fused_kernels_failed: true,
  engine_lost: true,
} as const satisfies Record<Reason, boolean>;

export function EngineNotices({ backend }: { readonly backend: Backend }) {
  const { t } = useTranslation('train');
  const { t: common } = useTranslation();
  const { notices = [], fallbackReason } = backend;
  const canTryAgain = fallbackReason !== undefined || notices.some(({ reason }) => mayChange[reason]);
  return (
    <>
      {fallbackReason !== undefined && (
        <div className={classes['software']}>{t('engine.fallback', { reason: fallbackReason })}</div>
      )}
      {notices.map(({ reason, detail }) => (
        <div key={reason} className={classes['software']} data-testid={`engine-notice-${reason}`}>
          {t(`engine.notices.${reason}`)}
          {detail !== '' && <div className={classes['detail']}>{detail}</div>}
        </div>
      ))}
      {canTryAgain && (
        <Button
          size="compact-xs"
          variant="default"
          mt={6}
          onClick={() => {
            session.actions.selectBackend(session.store.getState().settings.engineChoice);
          }}
        >
          {common('retry')}
        </Button>
      )}
    </>
  );
}
