/** The first few of a list of state_dict keys, and how many more there are. */
import { useTranslation } from 'react-i18next';
import type { Listed } from '@/model/weightFiles';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/panels/weights/WeightFiles.module.css';

const shownKeys = 6;

export function KeyList({ title, items }: { readonly title: string; readonly items: Listed<string> }) {
  const { t } = useTranslation('weights');
  const format = useNumberFormat();
  if (items.count === 0) return null;
  const shown = items.first.slice(0, shownKeys);
  const rest = items.count - shown.length;
  return (
    <div>
      <h3 className={classes['keysTitle']}>
        {title} ({format.integer(items.count)})
      </h3>
      <ul className={classes['keys']}>
        {shown.map((item) => (
          <li key={item}>{item}</li>
        ))}
        {rest > 0 && <li className={classes['rest']}>{t('more', { rest: format.integer(rest) })}</li>}
      </ul>
    </div>
  );
}
