/** Which cells no window reads, in words; nothing where all are read. */
import { useTranslation } from 'react-i18next';
import type { PlaneAxes } from '@/conv/geometry';
import { unreadAlong, unreadInputs } from '@/conv/relations';
import classes from '@/features/convLab/convLab.module.css';

/** Numbers from 1 in runs: 2, 5–8. */
function runs(indices: readonly number[]): string[] {
  const found: [first: number, last: number][] = [];
  for (const index of indices) {
    const run = found.at(-1);
    if (run !== undefined && run[1] === index - 1) run[1] = index;
    else found.push([index, index]);
  }
  return found.map(([first, last]) => (first === last ? `${first + 1}` : `${first + 1}–${last + 1}`));
}

export function UnreadNote({ rows, columns }: PlaneAxes) {
  const { t, i18n } = useTranslation('convLab');
  const unread = unreadInputs(rows, columns);
  const list = new Intl.ListFormat(i18n.language, { type: 'conjunction' });
  const unreadRows = unreadAlong(rows);
  const unreadColumns = unreadAlong(columns);
  const places = [
    ...(unreadRows.length > 0
      ? [t('unread.rows', { count: unreadRows.length, list: list.format(runs(unreadRows)) })]
      : []),
    ...(unreadColumns.length > 0
      ? [t('unread.columns', { count: unreadColumns.length, list: list.format(runs(unreadColumns)) })]
      : []),
  ];
  if (places.length === 0 && unread === 0) return null;
  return (
    <p className={classes['unread']} data-testid="unread-note">
      {places.length > 0 && t('unread.places', { places: list.format(places) })}{' '}
      {unread > 0 && t('unread.inputs', { unread, all: rows.input * columns.input })}
    </p>
  );
}
