/**
 * What a step under an optimizer costs beside one under SGD with momentum, at the start of a run and after thousands of steps, when moments
 * have decayed below float32's normal numbers. WebAssembly on one thread with fused multiply-add, in Node; processor time, which other work
 * lengthens little; rounds of both take turns, and the best of each counts.
 *   npm run bench:optimizers -- [--net NAME[,NAME]] [--pair NETWORK[@BATCH]]... [--optimizer KIND[,KIND]] [--after STEPS] [--train]
 * Networks are the page's (--net) and those of the suite (--pair; without both, all of the suite at batch 64). It really trains on MNIST for
 * those steps, on two threads, and keeps the state in .cache/bench-optimizers; --train does that alone, beforehand. Results go to
 * bench/results/optimizers as they come.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import type { Engine } from '@/engine/engine';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import type { EngineState } from '@/model/engineState';
import { defaultOptimizer, optimizerKinds, type OptimizerKind } from '@/model/optimizers';
import type { RunConfig } from '@/model/runConfig';
import { mnistImages } from '../scripts/mnistImages.ts';
import { nodeHost } from '../scripts/wasm/nodeHost.ts';
import { afterRatio, keepOptimizerRun, startRatio, type OptimizerRun } from './optimizerRuns.ts';
import { switchRelaxedSimdOn } from './relaxedSimd.ts';
import { engineCommit } from './reportFile.ts';
import type { BenchTask } from './row.ts';
import { machineName } from './searchResults.ts';
import { suiteTasks } from './suiteNetworks.ts';
import { benchConfig } from './task.ts';

const { values } = parseArgs({
  options: {
    net: { type: 'string' },
    pair: { type: 'string', multiple: true },
    optimizer: { type: 'string', default: 'Adam' },
    after: { type: 'string', default: '5000' },
    train: { type: 'boolean', default: false },
  },
});
const steps = Number(values.after);
if (!Number.isInteger(steps) || steps < 1) throw new RangeError('--after takes a whole number from 1.');
const optimizers = values.optimizer.split(',').map((name): OptimizerKind => {
  const kind = optimizerKinds.find((known) => known === name);
  if (kind === undefined) throw new RangeError(`--optimizer takes ${optimizerKinds.join(', ')}.`);
  return kind;
});

const rounds = 15;
const roundMilliseconds = 150;
/** Few enough that all rounds lie at the start of the run: moments are subnormal from some 800 steps on. */
const mostSteps = 20;
const piece = 100;
const leastNormal = 2 ** -126;
const states = '.cache/bench-optimizers';

function tasks(): readonly BenchTask[] {
  const page = (values.net?.split(',') ?? []).map((network) => ({ network, batchSize: 64 }));
  if (values.pair === undefined && page.length > 0) return page;
  const ofSuite = suiteTasks({
    optimizers: ['SGD'],
    ...(values.pair === undefined ? { batchSizes: [64] } : { pairs: values.pair }),
  });
  return [...page, ...ofSuite];
}

/** A run on all of MNIST, with rates that train. */
function configOf(task: BenchTask, kind: OptimizerKind | 'momentum'): RunConfig {
  return {
    ...benchConfig({ ...task, optimizer: kind === 'momentum' ? 'SGD' : kind }),
    ...(kind === 'momentum' ? { optimizer: { ...defaultOptimizer('SGD'), momentum: 0.9 } } : {}),
    learningRate: kind === 'momentum' ? 0.01 : 0.001,
    trainingImages: 60_000,
    shuffle: true,
  };
}

async function openEngine(threads: number): Promise<Engine> {
  const engine = await createWasmEngine({ host: nodeHost(), threads, relaxed: true });
  await engine.setImages('train', mnistImages('train'));
  return engine;
}

/** Milliseconds of processor time a step. */
async function stepTime(engine: Engine, count: number): Promise<number> {
  const before = process.cpuUsage();
  await engine.step(count);
  await engine.readMetrics();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / count;
}

async function interleaved(sgd: Engine, other: Engine): Promise<{ sgd: number; optimizer: number }> {
  const best = { sgd: Infinity, optimizer: Infinity };
  const warm = await stepTime(sgd, 2);
  await stepTime(other, 2);
  const count = Math.max(1, Math.min(mostSteps, Math.round(roundMilliseconds / warm)));
  for (let round = 0; round < rounds; round += 1) {
    // oxlint-disable no-await-in-loop -- they take turns
    best.sgd = Math.min(best.sgd, await stepTime(sgd, count));
    best.optimizer = Math.min(best.optimizer, await stepTime(other, count));
    // oxlint-enable no-await-in-loop
  }
  return best;
}

/** The run after so many steps: as it is kept, or trained now. */
async function trained({ network, batchSize }: BenchTask, config: RunConfig): Promise<EngineState> {
  const name = `${network}-${batchSize}-${config.optimizer.kind}-${steps}`.replaceAll(/[^\w-]+/gu, '_');
  const path = `${states}/${name}`;
  // What this script wrote.
  if (existsSync(path)) return deserialize(readFileSync(path)) as EngineState;
  const engine = await openEngine(Math.min(2, cpus().length));
  await engine.compile(config);
  for (let done = 0; done < steps; done += piece) {
    // oxlint-disable-next-line no-await-in-loop -- metrics must not pile up
    await engine.step(Math.min(piece, steps - done));
    // oxlint-disable-next-line no-await-in-loop
    await engine.readMetrics();
  }
  const state = await engine.readState();
  engine.dispose();
  mkdirSync(states, { recursive: true });
  writeFileSync(path, serialize(state));
  return state;
}

function subnormalShare({ optimizer }: EngineState): number {
  let [small, all] = [0, 0];
  for (const slot of Object.values(optimizer))
    for (const { data } of slot.values()) {
      if (!(data instanceof Float32Array)) continue;
      all += data.length;
      for (const value of data) if (value !== 0 && Math.abs(value) < leastNormal) small += 1;
    }
  return small / Math.max(1, all);
}

async function measureTask(task: BenchTask, kind: OptimizerKind): Promise<OptimizerRun> {
  const load = loadavg()[0] ?? 0;
  const [momentum, config] = [configOf(task, 'momentum'), configOf(task, kind)];
  const state = await trained(task, config);
  const [sgd, other] = [await openEngine(1), await openEngine(1)];
  try {
    await sgd.compile(momentum);
    await other.compile(config);
    const start = await interleaved(sgd, other);
    await sgd.compile(momentum);
    await other.compile(config, state);
    const after = await interleaved(sgd, other);
    return {
      network: task.network,
      batchSize: task.batchSize,
      optimizer: kind,
      start,
      after: { steps, ...after, subnormal: subnormalShare(state) },
      measured: new Date().toISOString(),
      machine: machineName(),
      engineCommit: engineCommit(),
      load,
    };
  } finally {
    sgd.dispose();
    other.dispose();
  }
}

switchRelaxedSimdOn();
for (const task of tasks()) {
  for (const kind of optimizers) {
    // oxlint-disable no-await-in-loop -- they share the cores
    if (values.train) {
      await trained(task, configOf(task, kind));
      console.log(`${task.network}, batch ${task.batchSize}, ${kind}: ${steps} steps are trained.`);
      continue;
    }
    const run = await measureTask(task, kind);
    // oxlint-enable no-await-in-loop
    keepOptimizerRun(run);
    console.log(
      `${run.network}, batch ${run.batchSize}: SGD ${run.start.sgd.toFixed(2)} ms; ${kind} ${startRatio(run).toFixed(2)} times that at the start, ` +
        `${afterRatio(run).toFixed(2)} after ${steps} steps (${(100 * run.after.subnormal).toFixed(1)} % subnormal)`,
    );
  }
}
process.exit(0);
