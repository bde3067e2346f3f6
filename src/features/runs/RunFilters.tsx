/** What the table shows: words, a network, a sweep, and, where it has no headings to press, the order. */
import { Select, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { sortKeys, type RunFilter, type RunSort } from '@/features/runs/runRows';
import type { NamedSweep } from '@/features/runs/sweeps/useSweeps';
import type { RecordedRun } from '@/storage/runs/runSchema';
import classes from '@/features/runs/runs.module.css';

export interface RunFiltersProps {
  readonly all: readonly RecordedRun[];
  readonly sweeps: readonly NamedSweep[];
  readonly filter: RunFilter;
  readonly setFilter: (filter: RunFilter) => void;
  readonly sort: RunSort;
  readonly setSort: (sort: RunSort) => void;
}

/** The networks that runs have, by the name of the first that has each. */
function networksOf(runs: readonly RecordedRun[], customName: string): { value: string; label: string }[] {
  const names = new Map<string, string>();
  for (const { config } of runs) {
    const { id, name } = config.network;
    names.set(id, id === 'custom' ? customName : name);
  }
  return [...names]
    .map(([value, label]) => ({ value, label }))
    .toSorted((a, b) => a.label.localeCompare(b.label));
}

function SortSelect({ sort, setSort }: Pick<RunFiltersProps, 'sort' | 'setSort'>) {
  const { t } = useTranslation('runs');
  const data = sortKeys.flatMap((key) =>
    [false, true].map((isDescending) => ({
      value: `${key} ${isDescending ? 'down' : 'up'}`,
      label: t(isDescending ? 'sort.down' : 'sort.up', { column: t(`columns.${key}`) }),
    })),
  );
  return (
    <Select
      className={classes['narrowOnly']}
      size="xs"
      aria-label={t('sort.label')}
      data={data}
      value={`${sort.key} ${sort.isDescending ? 'down' : 'up'}`}
      allowDeselect={false}
      onChange={(value) => {
        const [name, direction] = (value ?? '').split(' ');
        const key = sortKeys.find((one) => one === name);
        if (key !== undefined) setSort({ key, isDescending: direction === 'down' });
      }}
    />
  );
}

export function RunFilters({ all, sweeps, filter, setFilter, sort, setSort }: RunFiltersProps) {
  const { t } = useTranslation('runs');
  const { t: words } = useTranslation('hyperparameters');
  const custom = words('network.choices.custom');
  const networks = useMemo(() => networksOf(all, custom), [all, custom]);
  return (
    <div className={classes['filters']}>
      <TextInput
        size="xs"
        type="search"
        aria-label={t('filter.text')}
        placeholder={t('filter.text')}
        value={filter.text}
        onChange={({ currentTarget }) => setFilter({ ...filter, text: currentTarget.value })}
      />
      <Select
        size="xs"
        aria-label={t('filter.network')}
        placeholder={t('filter.anyNetwork')}
        clearable
        clearButtonProps={{ 'aria-label': t('filter.anyNetwork') }}
        data={networks}
        value={filter.network}
        onChange={(network) => setFilter({ ...filter, network })}
      />
      {sweeps.length > 0 && (
        <Select
          size="xs"
          aria-label={t('filter.sweep')}
          placeholder={t('filter.anySweep')}
          clearable
          clearButtonProps={{ 'aria-label': t('filter.anySweep') }}
          data={sweeps.map(({ id, name }) => ({ value: id, label: name }))}
          value={filter.sweep}
          onChange={(sweep) => setFilter({ ...filter, sweep })}
        />
      )}
      <SortSelect sort={sort} setSort={setSort} />
    </div>
  );
}
