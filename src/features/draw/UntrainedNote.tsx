/** Says that the network only guesses so far, with the way to change that. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isUntrained } from '@/model/weightsOrigin';
import { useSession } from '@/session/session';
import { weightsHeld } from '@/session/startPlan';
import { Icon } from '@/ui/icons/icons';
import classes from '@/features/draw/DrawView.module.css';

export function UntrainedNote({ action }: { readonly action: ReactNode }) {
  const { t } = useTranslation('draw');
  // Also while the network is being built, so that the pad does not move under a hand that draws already.
  const hasOnlyGuesses = useSession(
    (state) =>
      [undefined, 'preparing', 'ready'].includes(state.run?.phase) && isUntrained(weightsHeld(state)),
  );
  if (!hasOnlyGuesses) return null;
  return (
    <div className={classes['untrained']}>
      <Icon name="info" />
      <span className={classes['untrainedText']}>{t('prediction.untrained')}</span>
      {action}
    </div>
  );
}
