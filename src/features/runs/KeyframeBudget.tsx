/** How much of the storage the states of one run may take: with more, looking back at a step computes less anew. */
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { session, useSession } from '@/session/session';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/runs/runs.module.css';

const megabytes = [16, 64, 256, 1000];

export function KeyframeBudget() {
  const { t } = useTranslation('runs');
  const format = useNumberFormat();
  const bytes = useSession(({ settings }) => settings.keyframeBytes);
  const choices = [...new Set([...megabytes.map((size) => size * 1e6), bytes])].toSorted((a, b) => a - b);
  return (
    <Select
      size="xs"
      className={classes['budget']}
      label={t('storage.budget')}
      description={t('storage.budgetHint')}
      data={choices.map((choice) => ({ value: String(choice), label: format.bytes(choice) }))}
      value={String(bytes)}
      allowDeselect={false}
      onChange={(value) => {
        if (value !== null) session.actions.setKeyframeBytes(Number(value));
      }}
      data-testid="keyframe-budget"
    />
  );
}
