/** What npm run bench -- --suite measured, as ratios within runs: a row a network, then the geometric mean and the worst. */
import { geometricMean } from './measure.ts';
import { table } from './reportMarkdown.ts';
import type { ResultEngine, ResultFile, ResultRow } from './resultFile.ts';
import { suiteOptimizers, suiteTasks } from './suiteNetworks.ts';

interface Side {
  readonly engine: ResultEngine;
  readonly threads?: number;
}
interface Column {
  readonly title: string;
  /** Whose time, over whose. */
  readonly over: Side;
  readonly under: Side;
  /** Which of two ratios is the worse. */
  readonly worst: (a: number, b: number) => number;
}

const wasmColumns: readonly Column[] = [
  {
    title: 'of PyTorch’s time',
    over: { engine: 'wasm' },
    under: { engine: 'pytorch' },
    worst: Math.max,
  },
  {
    title: 'the same, 2 threads',
    over: { engine: 'wasm', threads: 2 },
    under: { engine: 'pytorch', threads: 2 },
    worst: Math.max,
  },
  {
    title: '2 threads, times 1',
    over: { engine: 'wasm' },
    under: { engine: 'wasm', threads: 2 },
    worst: Math.min,
  },
  {
    title: 'tfjs wasm, times ours',
    over: { engine: 'tfjs-wasm-with-our-kernels' },
    under: { engine: 'wasm' },
    worst: Math.min,
  },
];
const webgpuColumns: readonly Column[] = [
  {
    title: 'stock tfjs, times ours',
    over: { engine: 'tfjs-webgpu' },
    under: { engine: 'webgpu' },
    worst: Math.min,
  },
];
const columnsOf = { wasm: wasmColumns, webgpu: webgpuColumns } as const;

const optimizerOf = ({ optimizer = 'SGD' }: ResultRow): string => optimizer;
const keyOf = ({ network, batchSize }: Pick<ResultRow, 'network' | 'batchSize'>): string =>
  `${network}\n${batchSize}`;

/** Best round over best round. */
function ratioOf(rows: readonly ResultRow[], { over, under }: Column): number | null {
  const best = ({ engine, threads = 1 }: Side): number | undefined =>
    rows.find((row) => row.engine === engine && (row.threads ?? 1) === threads)?.minimum;
  const [above, below] = [best(over), best(under)];
  return above === undefined || below === undefined ? null : above / below;
}

const text = (value: number | null): string => (value === null ? '' : value.toFixed(value < 10 ? 2 : 0));

/** Networks in the suite's order, the smallest batch first. */
function sortedKeys(runs: readonly ResultFile[]): string[] {
  const order = [...new Set(suiteTasks().map(({ network }) => network))];
  const rows = runs.flatMap((run) => run.rows);
  const sorted = rows.toSorted(
    (a, b) => order.indexOf(a.network) - order.indexOf(b.network) || a.batchSize - b.batchSize,
  );
  return [...new Set(sorted.map(keyOf))];
}

/** Which runs the ratios are of. */
function sources(used: ReadonlyMap<ResultFile, ReadonlySet<string>>): string {
  const lines = [...used].map(([{ measured, engineCommit, where, adapter, rounds, load }, keys]) =>
    [
      `${measured.slice(0, 16).replace('T', ' ')} UTC`,
      where === 'node' ? 'Node' : 'Chromium',
      ...(adapter === null ? [] : [adapter]),
      `${keys.size} of the rows`,
      `${rounds} rounds`,
      ...(engineCommit === undefined ? [] : [`engines of ${engineCommit}`]),
      ...(load === undefined ? [] : [`load ${load.map((value) => value.toFixed(1)).join(' to ')}`]),
    ].join(', '),
  );
  return `Measured ${lines.join('; ')}.`;
}

/**
 * The engine's part of `runs` of the suite, the oldest first: each ratio is of the newest run that has both its sides, so that runs of
 * some networks add up. Columns and rows that nothing was measured for are left out.
 */
export function suiteTable(runs: readonly ResultFile[], engine: keyof typeof columnsOf): string {
  const used = new Map<ResultFile, Set<string>>();
  const newestRatio = (key: string, optimizer: string, column: Column): number | null => {
    for (const run of runs.toReversed()) {
      const ratio = ratioOf(
        run.rows.filter((row) => keyOf(row) === key && optimizerOf(row) === optimizer),
        column,
      );
      if (ratio === null) continue;
      used.set(run, (used.get(run) ?? new Set()).add(key));
      return ratio;
    }
    return null;
  };
  const keys = sortedKeys(runs);
  const shown = suiteOptimizers.flatMap((optimizer) =>
    columnsOf[engine].map((column) => {
      const ratios = new Map(keys.map((key) => [key, newestRatio(key, optimizer, column)]));
      return { optimizer, column, ratios, found: [...ratios.values()].filter((ratio) => ratio !== null) };
    }),
  );
  const filled = shown.filter(({ found }) => found.length > 0);
  if (filled.length === 0) return 'None is kept yet.';
  const last = (name: string, value: (column: Column, found: readonly number[]) => number): string[] => [
    `**${name}**`,
    '',
    ...filled.map(({ column, found }) => `**${text(value(column, found))}**`),
  ];
  const measured = keys.filter((key) => filled.some(({ ratios }) => ratios.get(key) !== null));
  const ratioTable = table(
    ['network', 'batch', ...filled.map(({ optimizer, column }) => `${optimizer}: ${column.title}`)],
    [
      ...measured.map((key) => [
        ...key.split('\n'),
        ...filled.map(({ ratios }) => text(ratios.get(key) ?? null)),
      ]),
      last('geometric mean', (_, found) => geometricMean(found)),
      last('worst', ({ worst }, found) => found.reduce((a, b) => worst(a, b))),
    ],
  );
  return `${ratioTable}\n\n${sources(used)}`;
}
