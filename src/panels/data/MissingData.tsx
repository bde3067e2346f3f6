/** Data that a run, or the settings, need and that is not kept here, with the ways on. */
import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { DataSpec } from '@/model/dataSet';
import { isKept } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import type { SessionState } from '@/session/sessionState';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';

interface Missing {
  readonly data: DataSpec;
  readonly of: 'run' | 'draft' | 'drawings';
}

/** The draft's stand first: whoever follows a link sees why it cannot be started. */
function missingData(state: SessionState): Missing | null {
  const { run, draft, runWithoutData } = state;
  if (draft.data !== undefined && !isKept(state, draft.data)) {
    const isOfRun = run !== null && run.runId === runWithoutData && run.step > 0;
    return { data: draft.data, of: isOfRun ? 'run' : 'draft' };
  }
  const data = run?.config.data;
  if (run === null || run.runId !== runWithoutData || data === undefined) return null;
  return { data, of: isKept(state, data) ? 'drawings' : 'run' };
}

export function MissingData() {
  const { t } = useTranslation('data');
  const data = useSession((state) => missingData(state)?.data ?? null);
  const of = useSession((state) => missingData(state)?.of ?? null);
  if (data === null || of === null) return null;
  return (
    <ErrorAlert tone="warning" title={t('missing.title', { name: data.name })}>
      {of === 'drawings' ? t('missing.drawings') : t(`missing.${of}`, { start: data.sha256.slice(0, 12) })}
      <Group gap="xs" mt="sm">
        {of !== 'drawings' && (
          <Button size="xs" variant="default" component={Link} href="/data">
            {t('missing.import')}
          </Button>
        )}
        {of === 'draft' && (
          <Button size="xs" variant="default" onClick={() => session.actions.chooseData(undefined)}>
            {t('missing.useMnist')}
          </Button>
        )}
      </Group>
    </ErrorAlert>
  );
}
