/** What is said of a kept run, in the reader's language. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordedRun } from '@/storage/runs/runSchema';
import type { RunStatus } from '@/features/runs/runStatus';
import { useDataName } from '@/panels/data/useDataName';
import { useNumberFormat } from '@/ui/text/numberFormat';

export interface RunTexts {
  /** SGD 0.1, batch 64, seed 1; the data before it where that is not MNIST as it comes. */
  readonly settings: (run: Pick<RecordedRun, 'config'>) => string;
  readonly engine: (run: RecordedRun) => string;
  readonly status: (status: RunStatus) => string;
  readonly date: (milliseconds: number) => string;
}

export function useRunTexts(): RunTexts {
  const { t, i18n } = useTranslation('runs');
  const { t: common } = useTranslation('common');
  const format = useNumberFormat();
  const dataName = useDataName();
  return useMemo(() => {
    const date = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeStyle: 'short' });
    return {
      settings: ({ config }) => {
        const settings = t('settings', {
          optimizer: config.optimizer.kind,
          rate: format.plain(config.learningRate),
          batch: format.integer(config.batchSize),
          seed: String(config.seed),
        });
        return config.data === undefined ? settings : `${dataName(config.data)}, ${settings}`;
      },
      engine: ({ environment: { backend, engine, isSoftware } }) => {
        const name = common(`backend.names.${backend}`);
        const whole = engine === 'tfjs' ? `${name} (tfjs)` : name;
        return isSoftware ? `${whole}, ${common('backend.software')}` : whole;
      },
      status: (status) => t(`status.${status}`),
      date: (milliseconds) => date.format(milliseconds),
    };
  }, [t, common, format, dataName, i18n.language]);
}
