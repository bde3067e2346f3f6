/** That a weight file was loaded, and what was done to it beyond copying: nothing is changed in silence. */
import { useTranslation } from 'react-i18next';
import type { LoadReport } from '@/model/weightFiles';
import { ErrorAlert } from '@/ui/feedback/ErrorAlert';
import { Icon } from '@/ui/icons/icons';
import { KeyList } from '@/panels/weights/KeyList';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/panels/weights/WeightFiles.module.css';

export interface WeightsLoadedProps {
  readonly file: string;
  readonly network: string;
  readonly report: LoadReport;
}

function Notes({ report }: { readonly report: LoadReport }) {
  const { t } = useTranslation('weights');
  const { prefix, absentCounters, ignored, firstOfSeveral } = report;
  const notes = [
    prefix === '' ? null : t('notes.prefix', { prefix }),
    absentCounters === 0 ? null : t('notes.counters'),
    ignored.count === 0 ? null : t('notes.ignored', { keys: ignored.first.join(', ') }),
    firstOfSeveral.count === 0 ? null : t('notes.firstOfSeveral', { keys: firstOfSeveral.first.join(', ') }),
  ].filter((note) => note !== null);
  if (notes.length === 0) return null;
  return (
    <ul className={classes['notes']}>
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

export function WeightsLoaded({ file, network, report }: WeightsLoadedProps) {
  const { t } = useTranslation('weights');
  const format = useNumberFormat();
  const { tensors, nonFinite } = report;
  if (nonFinite.length === 0) {
    return (
      <div className={classes['good']}>
        <Icon name="check" size={16} />
        <div>
          {t('loaded', { file, network, tensors: format.integer(tensors) })}
          <Notes report={report} />
        </div>
      </div>
    );
  }
  const values = nonFinite.reduce((sum, { nan, infinite }) => sum + nan + infinite, 0);
  const lines = nonFinite.map(({ key, nan, infinite, size }) =>
    t('nonFinite.count', {
      key,
      nan: format.integer(nan),
      infinite: format.integer(infinite),
      size: format.integer(size),
    }),
  );
  return (
    <ErrorAlert tone="warning" title={t('nonFinite.title', { file, values: format.integer(values) })}>
      <p className={classes['advice']}>{t('nonFinite.text')}</p>
      <KeyList title={t('nonFinite.tensors')} items={{ count: lines.length, first: lines }} />
      <Notes report={report} />
    </ErrorAlert>
  );
}
