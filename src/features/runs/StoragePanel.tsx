/** What the browser keeps of the runs, how safe that is, and the runs as a file. */
import { Button, FileButton, Progress } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { exportRuns, importRuns, useRunFiles } from '@/features/runs/runFiles';
import { KeyframeBudget } from '@/features/runs/KeyframeBudget';
import { RunFileNews } from '@/features/runs/RunFileNews';
import { useRuns } from '@/features/runs/runsStore';
import { useStorageUse } from '@/features/runs/useStorageUse';
import { Icon } from '@/ui/icons/icons';
import { Panel } from '@/ui/layout/Panel';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/runs/runs.module.css';

function Files() {
  const { t } = useTranslation('runs');
  const all = useRuns((state) => state.runs);
  const { kind } = useRunFiles();
  const isBusy = kind === 'writing' || kind === 'reading';
  const reset = useRef<() => void>(null);
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<Icon name="download" size={14} />}
        disabled={all.length === 0 || isBusy}
        onClick={() => void exportRuns(all.map(({ id }) => id))}
      >
        {t('files.exportAll')}
      </Button>
      <FileButton
        resetRef={reset}
        inputProps={{ 'aria-label': t('files.import') }}
        onChange={(file) => {
          if (file !== null) void importRuns(file);
          reset.current?.();
        }}
      >
        {(props) => (
          <Button
            {...props}
            size="xs"
            variant="default"
            disabled={isBusy}
            leftSection={<Icon name="upload" size={14} />}
          >
            {t('files.import')}
          </Button>
        )}
      </FileButton>
    </>
  );
}

export function StoragePanel() {
  const { t } = useTranslation('runs');
  const format = useNumberFormat();
  const all = useRuns((state) => state.runs);
  const { use, askForPersistence } = useStorageUse(all);
  const [isRefused, setIsRefused] = useState(false);
  const { used, quota, isPersistent } = use;
  const bytes = all.reduce((sum, { summary }) => sum + summary.bytes, 0);
  const share = used === null || quota === null || quota === 0 ? null : (100 * used) / quota;
  const promise = isPersistent === true ? 'kept' : isRefused ? 'refused' : 'mayGo';
  return (
    <Panel title={t('storage.title')} actions={<Files />}>
      <div className={classes['storage']} data-testid="storage">
        <p>
          {t('storage.runs', {
            count: all.length,
            runs: format.integer(all.length),
            bytes: format.bytes(bytes),
          })}
          {used !== null &&
            quota !== null &&
            ` ${t('storage.page', { used: format.bytes(used), left: format.bytes(Math.max(0, quota - used)) })}`}
        </p>
        {share !== null && (
          <Progress
            value={Math.max(share, 0.5)}
            aria-label={t('storage.bar', { share: format.percent(share / 100, 1) })}
          />
        )}
        {isPersistent !== null && (
          <p aria-live="polite">
            {t(`storage.${promise}`)}{' '}
            {promise === 'mayGo' && (
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => void askForPersistence().then((isGranted) => setIsRefused(!isGranted))}
              >
                {t('storage.ask')}
              </Button>
            )}
          </p>
        )}
        <KeyframeBudget />
        <RunFileNews />
      </div>
    </Panel>
  );
}
