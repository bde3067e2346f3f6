/**
 * The table of runs. Only the rows in sight are in the page: a thousand runs scroll as ten do. One row at a time is in the order
 * of Tab; the arrow keys move it.
 */
import { Checkbox } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { RunRow } from '@/features/runs/RunRow';
import { sortKeys, type RunSort, type SortKey } from '@/features/runs/runRows';
import { useRunTexts } from '@/features/runs/useRunTexts';
import type { NamedSweep } from '@/features/runs/sweeps/useSweeps';
import type { RecordedRun } from '@/storage/runs/runSchema';
import classes from '@/features/runs/runs.module.css';

export interface RunTableProps {
  readonly runs: readonly RecordedRun[];
  readonly sort: RunSort;
  readonly onSort: (sort: RunSort) => void;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (change: (selected: ReadonlySet<string>) => ReadonlySet<string>) => void;
  readonly onOpen: (id: string) => void;
  readonly sweeps: readonly NamedSweep[];
  /** To the results of a sweep. */
  readonly onSweep: (id: string) => void;
}

/** Where the higher is looked for first. */
const startsDescending: ReadonlySet<SortKey> = new Set([
  'bestAccuracy',
  'lastAccuracy',
  'steps',
  'seconds',
  'createdAt',
]);

function Heading({
  name,
  sort,
  onSort,
}: { readonly name: SortKey } & Pick<RunTableProps, 'sort' | 'onSort'>) {
  const { t } = useTranslation('runs');
  const isSorted = sort.key === name;
  const direction = sort.isDescending ? 'descending' : 'ascending';
  const next = isSorted ? !sort.isDescending : startsDescending.has(name);
  return (
    <th scope="col" aria-sort={isSorted ? direction : undefined} data-column={name}>
      <button type="button" onClick={() => onSort({ key: name, isDescending: next })}>
        {t(`columns.${name}`)}
        <span aria-hidden="true" className={classes['arrow']}>
          {isSorted ? (sort.isDescending ? '↓' : '↑') : ''}
        </span>
      </button>
    </th>
  );
}

function Head({
  runs,
  sort,
  onSort,
  selected,
  onSelect,
}: Omit<RunTableProps, 'onOpen' | 'sweeps' | 'onSweep'>) {
  const { t } = useTranslation('runs');
  const chosen = runs.filter(({ id }) => selected.has(id)).length;
  const areAll = runs.length > 0 && chosen === runs.length;
  const toggleAll = (): void => {
    const shown = new Set(runs.map(({ id }) => id));
    onSelect((before) =>
      areAll ? new Set([...before].filter((id) => !shown.has(id))) : new Set([...before, ...shown]),
    );
  };
  return (
    <thead>
      <tr aria-rowindex={1}>
        <td>
          <Checkbox
            size="xs"
            aria-label={t('table.selectAll')}
            checked={areAll}
            indeterminate={chosen > 0 && !areAll}
            onChange={toggleAll}
          />
        </td>
        {sortKeys.map((name) => (
          <Heading key={name} name={name} sort={sort} onSort={onSort} />
        ))}
      </tr>
    </thead>
  );
}

/** Which control of a row has the focus: the same one of the next row takes it. */
const controlsOf = (row: Element | null): HTMLElement[] => [
  ...(row?.querySelectorAll<HTMLElement>('input, button') ?? []),
];

export function RunTable(props: RunTableProps) {
  const { runs, selected, onSelect, onOpen, sweeps, onSweep } = props;
  const { t } = useTranslation('runs');
  const texts = useRunTexts();
  const sweepNames = useMemo(() => new Map(sweeps.map(({ id, name }) => [id, name])), [sweeps]);
  const scroller = useRef<HTMLElement>(null);
  const [current, setCurrent] = useState(0);
  const reachable = Math.min(current, Math.max(0, runs.length - 1));
  // Nothing here is memoised: what it gives is read at each rendering.
  // oxlint-disable-next-line react/incompatible-library
  const rows = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 58,
    getItemKey: (index) => runs[index]?.id ?? index,
    overscan: 6,
    // The row that the keyboard is in stays.
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const first = Math.max(0, startIndex - overscan);
      const last = Math.min(count - 1, endIndex + overscan);
      const shown = Array.from({ length: last - first + 1 }, (_, i) => first + i);
      if (reachable < first) return [reachable, ...shown];
      return reachable > last && reachable < count ? [...shown, reachable] : shown;
    },
  });
  const moveTo = (index: number, from: HTMLElement): void => {
    const next = Math.min(runs.length - 1, Math.max(0, index));
    const control = controlsOf(from.closest('tr')).indexOf(from);
    setCurrent(next);
    rows.scrollToIndex(next);
    // Once it is in the page.
    requestAnimationFrame(() => {
      const row = scroller.current?.querySelector(`tr[data-index="${next}"]`) ?? null;
      const controls = controlsOf(row);
      (controls[control] ?? controls.at(-1))?.focus();
    });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.target instanceof HTMLElement)) return;
    const index = Number(event.target.closest('tr')?.dataset['index'] ?? NaN);
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: runs.length - 1 }[event.key];
    if (to === undefined || Number.isNaN(index)) return;
    event.preventDefault();
    moveTo(to, event.target);
  };
  const toggle = useCallback(
    (id: string): void => {
      onSelect((before) => {
        const next = new Set(before);
        if (!next.delete(id)) next.add(id);
        return next;
      });
    },
    [onSelect],
  );
  const items = rows.getVirtualItems();
  let before = 0;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      ref={scroller}
      className={classes['scroll']}
      // It scrolls by itself, which the keyboard has to reach.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      aria-label={t('table.label')}
      onKeyDown={onKeyDown}
    >
      <table className={classes['table']} aria-rowcount={runs.length + 1}>
        <Head {...props} />
        <tbody>
          {items.map(({ index, start, end }) => {
            const run = runs[index];
            if (run === undefined) return null;
            const gap = start - before;
            before = end;
            return (
              <RunRow
                key={run.id}
                run={run}
                texts={texts}
                index={index}
                gap={gap}
                measure={rows.measureElement}
                isSelected={selected.has(run.id)}
                isReachable={index === reachable}
                onReach={setCurrent}
                onToggle={toggle}
                onOpen={onOpen}
                sweepName={sweepNames.get(run.sweep?.id ?? '') ?? null}
                onSweep={onSweep}
              />
            );
          })}
          <tr
            aria-hidden="true"
            className={classes['gap']}
            style={{ height: rows.getTotalSize() - before }}
          />
        </tbody>
      </table>
    </section>
  );
}
