/** Epoch marks of the current run, and the words of a chart's hover title. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '@/session/session';
import { type EpochMark, epochMarks } from '@/ui/chart/chartScale';
import { useNumberFormat } from '@/ui/text/numberFormat';

export interface EpochTexts {
  readonly marks: readonly EpochMark[];
  readonly label: (epoch: number) => string;
  readonly hoverTitle: (step: number) => string;
}

export function useEpochTexts(lastStep: number): EpochTexts {
  const { t } = useTranslation('train');
  const format = useNumberFormat();
  const stepsPerEpoch = useSession((state) => state.run?.stepsPerEpoch ?? 0);
  // The same texts until an epoch ends: a chart's drawing hangs on them.
  const ended = stepsPerEpoch === 0 ? 0 : Math.floor(lastStep / stepsPerEpoch);
  return useMemo(
    () => ({
      marks: epochMarks(stepsPerEpoch, ended * stepsPerEpoch),
      label: (epoch) => t('charts.epochMark', { epoch: format.integer(epoch) }),
      hoverTitle: (step) =>
        t('charts.hoverTitle', {
          step: format.integer(step),
          epoch: stepsPerEpoch === 0 ? '–' : (step / stepsPerEpoch).toFixed(2),
        }),
    }),
    [t, format, stepsPerEpoch, ended],
  );
}
