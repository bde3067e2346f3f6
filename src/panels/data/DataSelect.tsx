/** What the next run is trained on, with the way to data of one's own. */
import { Anchor, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { dataKey, dataOf, mnist, type DataSpec } from '@/model/dataSet';
import { isKept } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import { useDataName } from '@/panels/data/useDataName';
import classes from '@/panels/data/data.module.css';

export function DataSelect() {
  const { t } = useTranslation('data');
  const nameOf = useDataName();
  const draft = useSession((state) => state.draft);
  const kept = useSession((state) => state.dataSets?.sets);
  const isThere = useSession((state) => isKept(state, state.draft.data));
  const chosen = dataOf(draft);
  const sets: readonly DataSpec[] = [mnist, ...(kept ?? [])];
  const isListed = sets.some((set) => dataKey(set) === dataKey(chosen));
  const all = isListed ? sets : [...sets, chosen];
  return (
    <div className={classes['select']}>
      <Select
        size="sm"
        label={t('select.label')}
        data={all.map((set) => ({
          value: dataKey(set),
          label: set === chosen && !isThere ? t('select.missing', { name: set.name }) : nameOf(set),
        }))}
        value={dataKey(chosen)}
        allowDeselect={false}
        data-testid="data-select"
        onChange={(key) => {
          const next = all.find((set) => dataKey(set) === key);
          if (next !== undefined) session.actions.chooseData(next);
        }}
      />
      <Anchor component={Link} href="/data" size="sm">
        {t('select.own')}
      </Anchor>
    </div>
  );
}
