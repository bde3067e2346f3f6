/** What stands in the way of a start: a network that does not fit together, batches of one image, or a device that is too small. */
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { isUnderWay } from '@/session/selectors';
import { useSession } from '@/session/session';
import { BatchNotice, useBatchProblem } from '@/panels/run/BatchNotice';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { LimitNotices } from '@/panels/run/LimitNotices';
import { useNetworkProblem } from '@/panels/run/networkProblem';
import { useDraftCost } from '@/panels/run/runProblems';

export function RunObstacles() {
  const { t } = useTranslation('network');
  const [, navigate] = useLocation();
  const problem = useNetworkProblem();
  const batchProblem = useBatchProblem();
  const draftCost = useDraftCost();
  const isRunning = useSession(isUnderWay);
  if (isRunning) return null;
  if (problem !== null) {
    return (
      <ErrorAlert
        title={t('cannotStart.title')}
        action={{ label: t('cannotStart.action'), onClick: () => navigate('/network') }}
      >
        {problem}
      </ErrorAlert>
    );
  }
  if (batchProblem !== null) return <BatchNotice problem={batchProblem} />;
  return draftCost.kind === 'known' ? (
    <LimitNotices cost={draftCost.cost} problems={draftCost.problems} />
  ) : null;
}
