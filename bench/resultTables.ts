/**
 * Tables of docs/performance.md out of bench/results: the newest figure of each kind, and ratios of one run.
 *   npm run bench:tables                                     writes them
 *   npm run bench:tables -- --add REPORT.json [--adapter A]   first keeps a report of npm run bench
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type BenchReport, table } from './reportMarkdown.ts';
import { recordsTable } from './recordBytes.ts';
import { bestTable, fastTable, placesTable } from './searchTables.ts';
import { optimizersTable } from './optimizerRuns.ts';
import { ratesTable } from './userRates.ts';
import { suiteTable } from './suiteTable.ts';
import { readResults, type ResultEngine, type ResultFile, resultOf, type ResultRow } from './resultFile.ts';

const networks = [
  ['mynn', 'Mynn'],
  ['lenet', 'LeNet'],
  ['resnet', 'small ResNet'],
  ['vgg2', 'VGG-2'],
  ['resnet18', 'ResNet-18'],
  ['vgg16', 'VGG-16'],
] as const;

interface Place {
  readonly adapter: string | null;
  readonly where: ResultFile['where'];
  readonly machine?: string;
}

const isAt = (file: ResultFile, { adapter, where, machine }: Place): boolean =>
  file.adapter === adapter && file.where === where && (machine === undefined || file.machine === machine);

interface Kind {
  readonly network: string;
  readonly engine: ResultEngine;
  readonly threads?: number;
}

const isOf = (row: ResultRow, { network, engine, threads = 1 }: Kind): boolean =>
  row.network === network &&
  row.engine === engine &&
  (row.threads ?? 1) === threads &&
  row.batchSize === 64 &&
  row.activation === undefined &&
  row.optimizer === undefined &&
  (row.width ?? 1) === 1;

/** Milliseconds of the newest row of that kind at batch 64. */
function milliseconds(files: readonly ResultFile[], place: Place, kind: Kind): string {
  const row = files
    .filter((file) => isAt(file, place))
    .flatMap(({ rows }) => rows)
    .findLast((candidate) => isOf(candidate, kind));
  return row === undefined ? '' : row.milliseconds.toFixed(row.milliseconds < 100 ? 2 : 0);
}

/** One row's time over another's, both of one run: the newest that has them. */
function ratio(files: readonly ResultFile[], place: Place, over: Kind, under: Kind): string {
  for (const { rows } of files.filter((file) => isAt(file, place)).toReversed()) {
    const [above, below] = [rows.find((row) => isOf(row, over)), rows.find((row) => isOf(row, under))];
    if (above === undefined || below === undefined) continue;
    const value = above.milliseconds / below.milliseconds;
    return value.toFixed(value < 10 ? 2 : 0);
  }
  return '';
}

/** WebGPU on cards and on the CPU, beside what else trains on the same device. */
function webgpuTable(files: readonly ResultFile[]): string {
  const h200: Place = { adapter: 'NVIDIA H200', where: 'chromium' };
  const h100: Place = { adapter: 'NVIDIA H100', where: 'node' };
  const lavapipe: Place = { adapter: 'lavapipe', where: 'node' };
  return table(
    [
      '',
      'H200, Chromium, ms a step',
      'stock tfjs, times ours',
      'H100, Node, ms',
      'PyTorch eager there, ms',
      'PyTorch CUDA graph there, ms',
      'lavapipe (2 cores), Node, ms',
      'stock tfjs, times ours',
    ],
    networks.map(([network, name]) => {
      const of = (place: Place, engine: ResultEngine): string =>
        milliseconds(files, place, { network, engine });
      const stock = (place: Place): string =>
        ratio(files, place, { network, engine: 'tfjs-webgpu' }, { network, engine: 'webgpu' });
      return [
        name,
        `**${of(h200, 'webgpu')}**`,
        stock(h200),
        of(h100, 'webgpu'),
        of(h100, 'pytorch-cuda'),
        of(h100, 'pytorch-cuda-graph'),
        of(lavapipe, 'webgpu'),
        stock(lavapipe),
      ];
    }),
  );
}

/** WebAssembly in Chromium beside PyTorch and tfjs on as many threads, on the machine that was measured last. */
function wasmTable(files: readonly ResultFile[]): string {
  const machine = files.findLast(
    ({ where, rows, suite = false }) =>
      !suite && where === 'chromium' && rows.some(({ engine }) => engine === 'wasm'),
  )?.machine;
  if (machine === undefined)
    throw new Error('bench/results holds no run of the WebAssembly engine in Chromium.');
  const place: Place = { adapter: null, where: 'chromium', machine };
  const rows = networks.flatMap(([network, name]) =>
    [1, 2].map((threads) => {
      const kind = (engine: ResultEngine): Kind => ({ network, engine, threads });
      const own = milliseconds(files, place, kind('wasm'));
      const of = (over: ResultEngine, under: ResultEngine): string =>
        ratio(files, place, kind(over), kind(under));
      if (own === '') return null;
      return [
        name,
        String(threads),
        milliseconds(files, place, kind('pytorch')),
        own,
        `**${of('wasm', 'pytorch')}**`,
        of('tfjs-wasm', 'wasm'),
        of('tfjs-wasm-with-our-kernels', 'wasm'),
      ];
    }),
  );
  const head = [machine, 'threads', 'PyTorch, ms', 'ours, ms', 'of PyTorch’s time', 'stock tfjs, times ours'];
  return table(
    [...head, 'tfjs with our kernels, times ours'],
    rows.filter((row) => row !== null),
  );
}

/** Of the networks of suiteNetworks.ts, by all runs on the machine that measured them last. */
function newestSuiteTable(files: readonly ResultFile[], engine: 'wasm' | 'webgpu'): string {
  const suites = files.filter(
    ({ suite = false, rows }) => suite && rows.some((row) => row.engine === engine),
  );
  const newest = suites.at(-1);
  return suiteTable(
    suites.filter(({ machine, adapter }) => machine === newest?.machine && adapter === newest.adapter),
    engine,
  );
}

const tables = {
  suite: (files: readonly ResultFile[]) => newestSuiteTable(files, 'wasm'),
  'suite webgpu': (files: readonly ResultFile[]) => newestSuiteTable(files, 'webgpu'),
  rates: ratesTable,
  records: recordsTable,
  optimizers: optimizersTable,
  webgpu: webgpuTable,
  wasm: wasmTable,
  fast: fastTable,
  'fast places': placesTable,
  best: bestTable,
} as const;
export const performancePage = new URL('../docs/performance.md', import.meta.url);

/** The page with its tables made anew. @throws Error where a mark is missing */
export function withTables(page: string, files: readonly ResultFile[]): string {
  return Object.entries(tables).reduce((text, [name, make]) => {
    const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/performance.md lacks the marks of ${name}.`);
    return `${text.slice(0, from + begin.length)}\n\n${make(files)}\n\n${text.slice(to)}`;
  }, page);
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { add: { type: 'string' }, adapter: { type: 'string' } } });
  if (values.add !== undefined) {
    const report = JSON.parse(readFileSync(values.add, 'utf8')) as BenchReport;
    const name = report.date.slice(0, 16).replaceAll(':', '');
    writeFileSync(
      new URL(`results/${name}-${report.where}.json`, import.meta.url),
      `${JSON.stringify(resultOf(report, values.adapter ?? null), null, 2)}\n`,
    );
  }
  writeFileSync(performancePage, withTables(readFileSync(performancePage, 'utf8'), readResults()));
}
