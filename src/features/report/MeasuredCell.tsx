/** What this browser measured of a run, when and with what; nothing where it was not run here. */
import { useTranslation } from 'react-i18next';
import { bestTest, type RunResult } from '@/model/runResult';
import { RunLink } from '@/features/report/RunLink';
import { useDeviceText } from '@/ui/text/deviceText';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/report/report.module.css';

export interface MeasuredCellProps {
  readonly result: RunResult | null;
  /** Name and length, for the link. */
  readonly name: string;
  readonly length: string;
  /** The report tells its best epoch, so the best is told here too. */
  readonly showsBest: boolean;
}

export function MeasuredCell({ result, name, length, showsBest }: MeasuredCellProps) {
  const { t, i18n } = useTranslation('report');
  const { t: common } = useTranslation('common');
  const format = useNumberFormat();
  const deviceText = useDeviceText();
  const last = result?.tests.at(-1);
  if (result === null || last === undefined) {
    return <span className={classes['muted']}>{t('table.notRun')}</span>;
  }
  const date = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeStyle: 'short' });
  const { backend } = result;
  const best = bestTest(result.tests);
  const engine = `${common(`backend.names.${backend.backend}`)} (${backend.engine})`;
  return (
    <>
      <RunLink
        config={result.config}
        label={`${format.percent(last.accuracy)}. ${t('table.open', { name, length })}`}
        className={classes['figure']}
      >
        {format.percent(last.accuracy)}
      </RunLink>
      <span className={classes['detail']}>
        {last.sumOfBatchMeans !== null && t('table.summed', { loss: format.loss(last.sumOfBatchMeans) })}
        {showsBest &&
          best !== undefined &&
          best.accuracy > last.accuracy &&
          `; ${t('table.best', {
            accuracy: format.percent(best.accuracy),
            epoch: format.integer(Math.round(best.epoch)),
          })}`}
      </span>
      <span className={classes['detail']} title={deviceText(backend.device)}>
        {t('table.measuredOn', { date: date.format(result.begunAt), engine })},{' '}
        {format.duration(result.seconds)}
      </span>
    </>
  );
}
