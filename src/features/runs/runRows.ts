/** Which runs the table shows, and in which order: pure, over what lists hold of a run. */
import { nameOfRun } from '@/storage/runs/runName';
import type { RecordedRun } from '@/storage/runs/runSchema';

export const sortKeys = [
  'name',
  'lastLoss',
  'bestAccuracy',
  'lastAccuracy',
  'steps',
  'seconds',
  'engine',
  'status',
  'createdAt',
] as const;
export type SortKey = (typeof sortKeys)[number];

export interface RunSort {
  readonly key: SortKey;
  readonly isDescending: boolean;
}

export interface RunFilter {
  /** Every word of it is met in what is written of the run. */
  readonly text: string;
  /** Id of the network; null: any. */
  readonly network: string | null;
  /** Id of the sweep; null: any, or none. */
  readonly sweep: string | null;
}

export const engineOfRun = ({ environment }: RecordedRun): string =>
  `${environment.backend} ${environment.engine}`;

const searched = new WeakMap<RecordedRun, string>();

function searchedText(run: RecordedRun): string {
  const known = searched.get(run);
  if (known !== undefined) return known;
  const { notes, config, environment } = run;
  const text = [
    notes.name,
    ...notes.tags,
    notes.notes,
    config.network.name,
    config.network.id,
    config.optimizer.kind,
    config.loss.kind,
    config.schedule.kind,
    engineOfRun(run),
    environment.device,
    `seed ${config.seed}`,
    run.id,
  ]
    .join('\n')
    .toLowerCase();
  searched.set(run, text);
  return text;
}

/** The higher, the later; null and NaN come last in either direction. */
function sortValue(
  run: RecordedRun,
  key: SortKey,
  status: (run: RecordedRun) => string,
): number | string | null {
  switch (key) {
    case 'name':
      return nameOfRun(run);
    case 'engine':
      return engineOfRun(run);
    case 'status':
      return status(run);
    case 'createdAt':
      return run.createdAt;
    case 'lastLoss':
    case 'bestAccuracy':
    case 'lastAccuracy':
    case 'steps':
    case 'seconds': {
      const value = run.summary[key];
      return Number.isNaN(value) ? null : value;
    }
    default:
      return key satisfies never;
  }
}

function compared(a: number | string, b: number | string, collator: Intl.Collator): number {
  if (typeof a === 'string' || typeof b === 'string') return collator.compare(String(a), String(b));
  return a === b ? 0 : a < b ? -1 : 1;
}

export interface ShownRunsOptions {
  readonly filter: RunFilter;
  readonly sort: RunSort;
  /** Word for its state, in the reader's language. */
  readonly status: (run: RecordedRun) => string;
  readonly language: string;
}

/** The runs that the filter leaves: pinned ones before the others, each in order; of equals the newest first. */
export function shownRuns(runs: readonly RecordedRun[], options: ShownRunsOptions): RecordedRun[] {
  const { filter, sort, status, language } = options;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const collator = new Intl.Collator(language, { numeric: true });
  const direction = sort.isDescending ? -1 : 1;
  const rows = runs
    .filter(
      (run) =>
        (filter.network === null || run.config.network.id === filter.network) &&
        (filter.sweep === null || run.sweep?.id === filter.sweep) &&
        words.every((word) => searchedText(run).includes(word)),
    )
    .map((run) => ({ run, value: sortValue(run, sort.key, status) }));
  rows.sort((a, b) => {
    const pinned = Number(b.run.notes.pinned) - Number(a.run.notes.pinned);
    if (pinned !== 0) return pinned;
    if (a.value === null || b.value === null) {
      if (a.value !== b.value) return a.value === null ? 1 : -1;
      return b.run.createdAt - a.run.createdAt;
    }
    return direction * compared(a.value, b.value, collator) || b.run.createdAt - a.run.createdAt;
  });
  return rows.map(({ run }) => run);
}
