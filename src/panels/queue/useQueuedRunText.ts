/** What a run of the queue is called: the report's name of it, or its network and what its sweep varies. */
import { useTranslation } from 'react-i18next';
import { hyperparameters } from '@/model/hyperparameters';
import { useReportTexts } from '@/panels/queue/useReportTexts';
import { matchRun } from '@/report/reportRuns';
import type { QueuedRun } from '@/session/queue/runQueue';
import { useFieldTexts } from '@/ui/text/useFieldTexts';
import { useSettingText } from '@/ui/text/useSettingText';

export function useQueuedRunText(): (run: QueuedRun) => string {
  const { t } = useTranslation('queue');
  const { name, lengthOf } = useReportTexts();
  const fieldTexts = useFieldTexts();
  const settingText = useSettingText();
  return ({ config, sweep }) => {
    const match = sweep === null ? matchRun(config) : null;
    if (match !== null)
      return t('item', { name: name(match.run), detail: lengthOf(match.run, match.length) });
    const varied = hyperparameters.filter(({ key }) => sweep?.keys.includes(key) === true);
    const details = varied.flatMap((field) => {
      const value = field.read(config);
      // Such as a momentum of Adam.
      if (value === undefined) return [];
      const text = settingText(field, value);
      return field.key === 'network' ? text : `${fieldTexts(field).label} ${text}`;
    });
    details.push(t('seed', { seed: String(config.seed) }));
    return t('item', { name: config.network.name, detail: details.join(', ') });
  };
}
