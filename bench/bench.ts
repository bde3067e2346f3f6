/**
 * npm run bench -- [--net NAME[,NAME]|all] [--batch N] [--where node|chromium] [--only ROW[,ROW]] [--rounds N] [--quick]
 *   [--scaling] [--activation KIND[,KIND]|all] [--optimizer KIND] [--json FILE]
 * npm run bench -- --suite [--pair NETWORK[@BATCH]]... [--batch N[,N]] [--optimizer KIND] [--where ...] [--only ...] [--rounds N] [--passes N] [--quick] [--json FILE]
 * Milliseconds a training step, median of interleaved rounds with minimum and maximum; ratios only mean something
 * within one run. The first row is the reference; with --activation it is the network with its ReLUs, which the other rows replace. --suite measures the networks
 * of suiteNetworks.ts, or those pairs of it, and prints ratios of best rounds; given the FILE of a run that was stopped, it goes on.
 * --passes goes through the whole suite so many times, with as many rounds each time, since a neighbour on the machine stays for minutes.
 * FILE is written whenever rows come. A real GPU: name its Vulkan driver in VK_ICD_FILENAMES.
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { architectures } from '@/model/architectures';
import { optimizerKinds, type OptimizerKind } from '@/model/optimizers';
import { vulkanDriver } from '../scripts/dawn.ts';
import { activatedRow, replacementsOf } from './activated.ts';
import { chromiumRows } from './chromiumRows.ts';
import { engineRow } from './engineRow.ts';
import { continuedReport, engineCommit, isMeasured, rowsOfTask, writeReport } from './reportFile.ts';
import { resultOf } from './resultFile.ts';
import { suiteTasks } from './suiteNetworks.ts';
import { suiteTable } from './suiteTable.ts';
import { measure, withLaterRounds, type Measured, type MeasureOptions } from './measure.ts';
import { pythonWithTorch, pytorchRow } from './pytorchRow.ts';
import type { BenchReport } from './reportMarkdown.ts';
import type { BenchRow, BenchTask } from './row.ts';
import { measureScaling, type Scaling } from './scaling.ts';
import { labelOf, chromiumTrainers, nodeTrainers, recordingTrainers, trains } from './trainerNames.ts';

const { values } = parseArgs({
  options: {
    net: { type: 'string' },
    batch: { type: 'string' },
    pair: { type: 'string', multiple: true },
    where: { type: 'string', default: 'node' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    passes: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    scaling: { type: 'boolean', default: false },
    activation: { type: 'string' },
    optimizer: { type: 'string' },
    suite: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

const batchSizes = values.batch?.split(',').map(Number);
const rounds = Number(values.rounds ?? (values.quick ? 3 : 7));
const passes = Number(values.passes);
if ([rounds, passes, ...(batchSizes ?? [])].some((count) => !Number.isInteger(count) || count < 1)) {
  throw new RangeError('--batch, --rounds and --passes take whole numbers from 1.');
}
if (passes > 1 && !values.suite) throw new RangeError('--passes goes with --suite.');
const { where } = values;
if (where !== 'node' && where !== 'chromium') throw new RangeError('--where takes node or chromium.');
const options: MeasureOptions = {
  rounds,
  roundMilliseconds: values.quick ? 400 : 1500,
  // A software adapter compiles a network of the suite for long.
  prepareSeconds: values.quick && !values.suite ? 40 : 300,
  // The suite's table has no room for it.
  isProfiled: !values.suite,
};

function networks(): string[] {
  const { net } = values;
  if (net === 'all') return architectures.map(({ id }) => id);
  return (net ?? (values.quick ? 'mynn' : 'mynn,lenet')).split(',');
}

function optimizerAsked(): OptimizerKind | undefined {
  if (values.optimizer === undefined) return undefined;
  const kind = optimizerKinds.find((name) => name === values.optimizer);
  if (kind === undefined) throw new RangeError(`--optimizer takes ${optimizerKinds.join(', ')}.`);
  return kind;
}
const optimizer = optimizerAsked();

function suiteAsked(): readonly BenchTask[] {
  return suiteTasks({
    ...(values.pair === undefined ? {} : { pairs: values.pair }),
    ...(batchSizes === undefined ? {} : { batchSizes }),
    ...(optimizer === undefined ? {} : { optimizers: [optimizer] }),
  });
}

/** What is measured of each network. */
function tasks(): (readonly [network: string, tasks: readonly BenchTask[]])[] {
  const all: readonly BenchTask[] = values.suite
    ? suiteAsked()
    : networks().flatMap((network) =>
        (batchSizes ?? [64]).map((batchSize) => ({ network, batchSize, optimizer: optimizer ?? 'SGD' })),
      );
  const names = [...new Set(all.map(({ network }) => network))];
  return names.map((name) => [name, all.filter(({ network }) => network === name)]);
}

const only = values.only?.split(',');
const isAsked = (name: string): boolean => only === undefined || only.includes(name);

function torchRows(): BenchRow[] {
  if (!isAsked('pytorch')) return [];
  const python = pythonWithTorch();
  if (python === undefined) {
    console.log('PyTorch is not installed here (Debian: python3-torch, libopenblas0-pthread): no such row.');
    return [];
  }
  return [1, Math.min(2, cpus().length)].map((threads) => pytorchRow(python, threads));
}

async function trainerRows(network: string): Promise<BenchRow[]> {
  const isWanted = (name: string): boolean => isAsked(name) && trains(name, network);
  const inChromium = only === undefined ? chromiumTrainers : [...chromiumTrainers, ...recordingTrainers];
  if (where === 'chromium') return chromiumRows(inChromium.filter(isWanted), labelOf);
  const names = nodeTrainers.filter(isWanted);
  const { activation } = values;
  if (activation === undefined) return names.map(engineRow);
  return names.flatMap((name) =>
    replacementsOf(activation).map((kind) => activatedRow(engineRow(name), kind)),
  );
}

function print(results: readonly Measured[]): void {
  const number = (value: number | null | undefined, digits = 1): string =>
    value === null || value === undefined || Number.isNaN(value) ? '-' : value.toFixed(digits);
  console.table(
    results.map(({ network, batchSize: batch, optimizer: kind, label, profile, error, ...result }) => ({
      network,
      batch,
      optimizer: kind,
      engine: label,
      'ms/step': number(result.median, 2),
      min: number(result.minimum, 2),
      max: number(result.maximum, 2),
      'images/s': number(result.imagesPerSecond, 0),
      ratio: number(result.ratio, 2),
      dispatches: number(profile?.dispatches),
      submits: number(profile?.submits, 2),
      'JS ms': number(profile?.javascriptMilliseconds, 2),
      'GPU MB': number((profile?.gpuBytes ?? Number.NaN) / 1e6),
      'first step s': number(result.firstStepMilliseconds / 1000),
      ...(error === null ? {} : { error }),
    })),
  );
}

const { json } = values;
const fresh: BenchReport = {
  date: new Date().toISOString(),
  machine: { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version },
  driver: where === 'node' ? (vulkanDriver() ?? null) : null,
  load: [loadavg()[0] ?? 0, loadavg()[0] ?? 0],
  rounds: rounds * passes,
  where,
  suite: values.suite,
  engineCommit: engineCommit(),
  only: only ?? null,
  results: [],
  scaling: [],
};
let report = json !== undefined && values.suite ? continuedReport(json, fresh) : fresh;

function keep(results: readonly Measured[], scaling: readonly Scaling[] = []): void {
  report = {
    ...report,
    load: [report.load[0], loadavg()[0] ?? 0],
    results,
    scaling: [...report.scaling, ...scaling],
  };
  if (json !== undefined) writeReport(json, report);
}

const turns = Array.from({ length: passes }, (_, i) => (i + 1) * rounds).flatMap((least) =>
  tasks().map(([network, ofNetwork]) => ({ network, ofNetwork, least })),
);
for (const { network, ofNetwork, least } of turns) {
  const missing = ofNetwork.filter((task) => !isMeasured(report, task, least));
  if (missing.length === 0) continue;
  // Fresh processes for each network: tfjs's WebAssembly heap never shrinks.
  const rows = [...(await trainerRows(network)), ...torchRows()];
  for (const task of missing) {
    const before = rowsOfTask(report, task);
    const found = await measure(rows, task, options);
    const measured = before.length === 0 ? found : withLaterRounds(before, found);
    print(measured);
    keep([...report.results.filter((row) => !before.includes(row)), ...measured]);
  }
  await Promise.all(rows.map((row) => row.close()));
}
if (values.scaling) {
  for (const network of networks()) {
    const found = await measureScaling(network, () => engineRow('webgpu'), options);
    for (const { by, exponent, points } of found) {
      console.log(`${network}: time ~ ${by}^${exponent.toFixed(2)}`);
      print(points);
    }
    keep(report.results, found);
  }
}
if (values.suite) {
  for (const engine of ['wasm', 'webgpu'] as const) {
    const { rows } = resultOf(report, null);
    if (rows.some((row) => row.engine === engine)) console.log(suiteTable([resultOf(report, null)], engine));
  }
}
process.exit(0);
