/** What was measured and is kept: bench/results holds a file a run, docs/performance.md shows tables of them. */
import { readdirSync, readFileSync } from 'node:fs';
import type { OptimizerKind } from '@/model/optimizers';
import { replacementsOf, type ReluReplacement } from './activated.ts';
import type { Measured } from './measure.ts';
import type { BenchReport } from './reportMarkdown.ts';

/** Rows as the files name them; pytorch-cuda and its graph were measured outside of npm run bench. */
export const resultEngines = [
  'webgpu',
  'wasm',
  'pytorch',
  'pytorch-cuda',
  'pytorch-cuda-graph',
  'tfjs-webgpu',
  'tfjs-webgl',
  'tfjs-wasm',
  'tfjs-wasm-with-our-kernels',
  'jax-js',
] as const;
export type ResultEngine = (typeof resultEngines)[number];

export interface ResultRow {
  readonly network: string;
  readonly batchSize: number;
  /** Times as many channels and features; 1 where absent. */
  readonly width?: number;
  readonly engine: ResultEngine;
  /** In the place of the network's ReLUs. */
  readonly activation?: ReluReplacement;
  /** SGD where absent. */
  readonly optimizer?: OptimizerKind;
  /** 1 where absent. */
  readonly threads?: number;
  /** A step, by the file's statistic over its rounds. */
  readonly milliseconds: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly dispatches?: number;
  readonly submits?: number;
  readonly javascriptMilliseconds?: number;
  readonly gpuMegabytes?: number;
  readonly firstStepSeconds?: number;
}

export interface ResultFile {
  /** Whether it is a run of the networks of suiteNetworks.ts. */
  readonly suite?: boolean;
  /** The commit that changed the engines last; a + where changes were not committed. */
  readonly engineCommit?: string;
  /** ISO 8601, UTC. */
  readonly measured: string;
  readonly machine: string;
  /** Null where no row ran on WebGPU. */
  readonly adapter: string | null;
  readonly where: 'node' | 'chromium';
  readonly statistic: 'median' | 'minimum';
  readonly rounds: number;
  /** Load average of a minute, before and after. */
  readonly load?: readonly [number, number];
  readonly rows: readonly ResultRow[];
}

const folder = new URL('results/', import.meta.url);

/** All kept results, the oldest first. */
export function readResults(): ResultFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as ResultFile)
    .toSorted((a, b) => a.measured.localeCompare(b.measured));
}

// The first that fits: labels of npm run bench begin with these (trainerNames.ts, pytorchRow.ts).
const labelled: readonly (readonly [start: string, ResultEngine])[] = [
  ['compiled webgpu', 'webgpu'],
  ['our wasm engine', 'wasm'],
  ['PyTorch', 'pytorch'],
  ['stock tfjs webgpu', 'tfjs-webgpu'],
  ['tfjs webgl', 'tfjs-webgl'],
  ['tfjs wasm, our kernel', 'tfjs-wasm-with-our-kernels'],
  ['jax-js', 'jax-js'],
];

function rowOf({
  label,
  network,
  batchSize,
  optimizer,
  median,
  minimum,
  maximum,
  firstStepMilliseconds,
}: Measured): ResultRow {
  const engine = labelled.find(([start]) => label.startsWith(start))?.[1];
  if (engine === undefined) throw new RangeError(`bench/resultFile.ts does not know the row ${label}.`);
  const activation = replacementsOf('all').find((kind) => label.endsWith(`, ${kind}`));
  const threads = Number(/(\d+) thread/.exec(label)?.[1] ?? 1);
  return {
    network,
    batchSize,
    engine,
    threads,
    ...(optimizer === 'SGD' ? {} : { optimizer }),
    ...(activation === undefined ? {} : { activation }),
    milliseconds: median,
    minimum,
    maximum,
    firstStepSeconds: firstStepMilliseconds / 1000,
  };
}

/** A report of `npm run bench -- --json FILE` as a file to keep; rows that were not measured are left out. */
export function resultOf(report: BenchReport, adapter: string | null): ResultFile {
  return {
    measured: report.date,
    machine: `${report.machine.cpu}, ${report.machine.cores} cores`,
    adapter,
    where: report.where,
    statistic: 'median',
    rounds: report.rounds,
    load: report.load,
    ...(report.engineCommit === null ? {} : { engineCommit: report.engineCommit }),
    ...(report.suite ? { suite: true } : {}),
    rows: report.results.filter(({ rounds }) => rounds.length > 0).map(rowOf),
  };
}
