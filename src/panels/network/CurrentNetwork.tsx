/** Which network answers on this page, where its weights come from, and whether the settings describe another one. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { sharesWeights } from '@/model/weightsOrigin';
import { session, useSession } from '@/session/session';
import type { SessionState } from '@/session/sessionState';
import { weightsHeld } from '@/session/startPlan';
import { useOtherDataName } from '@/panels/data/useShownData';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { useCurrentNetworkText } from '@/panels/network/useCurrentNetworkText';
import classes from '@/panels/network/CurrentNetwork.module.css';

/** Name of the network that the settings describe, where it waits because weights would be dropped for it. */
function waitingNetwork({ run, draft }: SessionState): string | null {
  if (run === null || sharesWeights(run.config.network, draft.network)) return null;
  return draft.network.name;
}

export function CurrentNetwork() {
  const { t } = useTranslation('currentNetwork');
  const format = useNumberFormat();
  const text = useCurrentNetworkText();
  const otherData = useOtherDataName();
  const waiting = useSession(waitingNetwork);
  const nonFinite = useSession((state) => weightsHeld(state).nonFinite);
  const file = useSession((state) => weightsHeld(state).fileName ?? '');
  if (text === null) return null;
  return (
    <div className={classes['root']}>
      <p className={classes['text']} data-testid="current-network">
        <span className={classes['label']}>{t('network.label')}</span> {text}
        {otherData !== null && <span data-testid="current-data"> · {otherData}</span>}
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
