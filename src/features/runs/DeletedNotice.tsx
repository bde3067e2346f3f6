/** The deleted runs, for as long as they can be brought back. */
import { Alert, Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { runs, useRuns } from '@/features/runs/runsStore';
import { useNumberFormat } from '@/ui/text/numberFormat';

export function DeletedNotice() {
  const { t } = useTranslation('runs');
  const format = useNumberFormat();
  const deleted = useRuns((state) => state.deleted);
  const [last] = deleted;
  if (last === undefined) return null;
  const together = deleted.filter(({ deletedAt }) => deletedAt === last.deletedAt);
  const bytes = deleted.reduce((sum, { summary }) => sum + summary.bytes, 0);
  const hasEarlier = together.length < deleted.length;
  const ids = (some: typeof deleted): string[] => some.map(({ id }) => id);
  return (
    <Alert role="note" aria-live="polite" variant="outline" data-testid="deleted-runs">
      {t('deleted.text', {
        count: deleted.length,
        runs: format.integer(deleted.length),
        bytes: format.bytes(bytes),
      })}
      <Group gap="xs" mt="sm">
        <Button size="xs" onClick={() => void runs.actions.bringBack(ids(together))}>
          {t('deleted.undo', { runs: format.integer(together.length) })}
        </Button>
        {hasEarlier && (
          <Button size="xs" variant="default" onClick={() => void runs.actions.bringBack(ids(deleted))}>
            {t('deleted.undoAll', { runs: format.integer(deleted.length) })}
          </Button>
        )}
        <Button size="xs" variant="subtle" color="red" onClick={() => void runs.actions.removeDeleted()}>
          {t('deleted.remove')}
        </Button>
      </Group>
    </Alert>
  );
}
