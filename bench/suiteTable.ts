/** What npm run bench -- --suite measured, as ratios of one run: a row a network, then the geometric mean and the worst. */
import { table } from './reportMarkdown.ts';
import type { ResultEngine, ResultRow } from './resultFile.ts';
import { suiteOptimizers } from './suiteNetworks.ts';

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

const columns: readonly Column[] = [
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
  {
    title: 'stock tfjs WebGPU, times ours',
    over: { engine: 'tfjs-webgpu' },
    under: { engine: 'webgpu' },
    worst: Math.min,
  },
];

const optimizerOf = ({ optimizer = 'SGD' }: ResultRow): string => optimizer;

/** Best round over best round. */
function ratioOf(rows: readonly ResultRow[], { over, under }: Column): number | null {
  const best = ({ engine, threads = 1 }: Side): number | undefined =>
    rows.find((row) => row.engine === engine && (row.threads ?? 1) === threads)?.minimum;
  const [above, below] = [best(over), best(under)];
  return above === undefined || below === undefined ? null : above / below;
}

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
const text = (value: number | null): string => (value === null ? '' : value.toFixed(value < 10 ? 2 : 0));

/** `rows` of one run of the suite; columns that nothing was measured for are left out. */
export function suiteTable(rows: readonly ResultRow[]): string {
  const keys = [...new Set(rows.map(({ network, batchSize }) => `${network}\n${batchSize}`))];
  const shown = suiteOptimizers.flatMap((optimizer) =>
    columns.map((column) => {
      const ratios = keys.map((key) => {
        const own = rows.filter(
          (row) => `${row.network}\n${row.batchSize}` === key && optimizerOf(row) === optimizer,
        );
        return ratioOf(own, column);
      });
      return { optimizer, column, ratios, found: ratios.filter((ratio) => ratio !== null) };
    }),
  );
  const filled = shown.filter(({ found }) => found.length > 0);
  const last = (name: string, value: (column: Column, found: readonly number[]) => number): string[] => [
    `**${name}**`,
    '',
    ...filled.map(({ column, found }) => `**${text(value(column, found))}**`),
  ];
  return table(
    ['network', 'batch', ...filled.map(({ optimizer, column }) => `${optimizer}: ${column.title}`)],
    [
      ...keys.map((key, i) => [...key.split('\n'), ...filled.map(({ ratios }) => text(ratios[i] ?? null))]),
      last('geometric mean', (_, found) => geometricMean(found)),
      last('worst', ({ worst }, found) => found.reduce((a, b) => worst(a, b))),
    ],
  );
}
