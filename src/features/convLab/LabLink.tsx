/** Keeps the lab in the address, and says what is wrong with an address that holds none. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LabLinkProblem } from '@/features/convLab/convLabLink';
import { type BrokenLink, useLabLink } from '@/features/convLab/useLabLink';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import classes from '@/features/convLab/convLab.module.css';

function useProblemText(): (problem: LabLinkProblem) => string {
  const { t } = useTranslation('convLab');
  return (problem) =>
    problem.code === 'out_of_range'
      ? t('link.problems.out_of_range', { place: problem.place })
      : t(`link.problems.${problem.code}`);
}

export function LabLink() {
  const { t } = useTranslation('convLab');
  const problemText = useProblemText();
  const [broken, setBroken] = useState<BrokenLink | null>(null);
  useLabLink(setBroken);
  if (broken === null) return null;
  return (
    <div className={classes['alert']}>
      <ErrorAlert title={t('link.broken')} tone="warning">
        {problemText(broken.problem)} {t(broken.isLabKept ? 'link.kept' : 'link.example')}{' '}
        <Button size="compact-xs" variant="default" onClick={() => setBroken(null)}>
          {t('link.close')}
        </Button>
      </ErrorAlert>
    </div>
  );
}
