/** What of the page's link could not be used, in words. */
import { useTranslation } from 'react-i18next';
import { hyperparameters } from '@/model/hyperparameters';
import { useSession } from '@/session/session';
import type { SessionState } from '@/session/sessionState';
import { useFieldTexts } from '@/ui/text/useFieldTexts';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/train/RunBar.module.css';

type LinkIssue = SessionState['linkIssues'][number];

function useIssueText(): (issue: LinkIssue) => string {
  const { t } = useTranslation('hyperparameters');
  const format = useNumberFormat();
  const fieldTexts = useFieldTexts();
  return ({ code, key, value, used, detail }) => {
    const field = hyperparameters.find((candidate) => candidate.key === key);
    const name = field === undefined ? key : fieldTexts(field).label;
    switch (code) {
      case 'unknown_key':
        return t('linkIssues.unknown_key', { key });
      case 'not_a_number':
      case 'not_a_choice':
        return t(`linkIssues.${code}`, { key: name, value });
      case 'clamped':
        return t('linkIssues.clamped', {
          key: name,
          value,
          used: used === undefined ? '' : format.plain(used),
        });
      case 'not_applicable':
        return t('linkIssues.not_applicable', { key: name });
      case 'invalid_network':
        return t('linkIssues.invalid_network', { detail: detail ?? '' });
      case 'invalid_data':
        return t('linkIssues.invalid_data', { detail: detail ?? '' });
      case 'newer_version':
      case 'cut_off':
      case 'damaged':
        return t(`linkIssues.${code}`);
      default:
        return code satisfies never;
    }
  };
}

export function LinkIssues() {
  const { t } = useTranslation('train');
  const issues = useSession((state) => state.linkIssues);
  const text = useIssueText();
  if (issues.length === 0) return null;
  return (
    <ErrorAlert tone="warning" title={t('link.title')}>
      <ul className={classes['issues']}>
        {issues.map((issue) => (
          <li key={`${issue.key} ${issue.code}`}>{text(issue)}</li>
        ))}
      </ul>
    </ErrorAlert>
  );
}
