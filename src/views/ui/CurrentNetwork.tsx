/** Which network answers on this page, where its weights come from, and whether the settings describe another one. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { sharesWeights } from '@/model/weightsOrigin';
import { session, useSession } from '@/store/session';
import type { SessionState } from '@/store/sessionState';
import { weightsHeld } from '@/store/startPlan';
import { useNumberFormat } from '@/views/ui/numberFormat';
import { useCurrentNetworkText } from '@/views/ui/useCurrentNetworkText';
import classes from '@/views/ui/CurrentNetwork.module.css';

/** Name of the network that the settings describe, where it waits because weights would be dropped for it. */
function waitingNetwork({ run, draft }: SessionState): string | null {
  if (run === null || sharesWeights(run.config.network, draft.network)) return null;
  return draft.network.name;
}

export function CurrentNetwork() {
  const { t } = useTranslation('currentNetwork');
  const format = useNumberFormat();
  const text = useCurrentNetworkText();
  const waiting = useSession(waitingNetwork);
  const nonFinite = useSession((state) => weightsHeld(state).nonFinite);
  const file = useSession((state) => weightsHeld(state).fileName ?? '');
  if (text === null) return null;
  return (
    <div className={classes['root']}>
      <p className={classes['text']} data-testid="current-network">
        <span className={classes['label']}>{t('network.label')}</span> {text}
      </p>
      {nonFinite > 0 && (
        <p className={classes['other']} data-testid="non-finite-weights">
          {t('network.nonFinite', { file, count: nonFinite, values: format.integer(nonFinite) })}
        </p>
      )}
      {waiting !== null && (
        <output className={classes['other']}>
          <span>{t('network.other', { network: waiting })}</span>
          <Button size="compact-xs" variant="default" onClick={() => session.actions.reset()}>
            {t('network.build', { network: waiting })}
          </Button>
        </output>
      )}
    </div>
  );
}
