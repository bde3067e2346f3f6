/**
 * npm run bench:fast -- [--seeds N] [--first SEED] [--only TEXT] [--again] [--list] [--json FILE]
 * npm run bench:fast -- --where chromium|pytorch [--seeds N] [--first SEED] [--again] [--list] [--json FILE]
 * npm run bench:best -- as the first
 *
 * The searches for "To 99% as fast as possible" (fastCandidates.ts) and for the best network in five minutes (bestCandidates.ts):
 * trains each candidate whose name has the text with N seeds on one thread of WebAssembly with fused multiply-add, tests it once
 * at its end, and keeps time and accuracy of every run in bench/results/NAME/runs.json. Goes on where it was left; --again
 * measures anew, --list only shows what is kept. --where trains the preset itself on the page in Chromium or in PyTorch, on one
 * thread, into bench/results/fast/chromium.json or pytorch.json.
 */
import { loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { Engine } from '@/engine/engine';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { totalSteps } from '@/model/learningRate';
import { mnistImages } from '../scripts/mnistImages.ts';
import { nodeHost } from '../scripts/wasm/nodeHost.ts';
import { fastPreset } from '@/model/fastPreset';
import { bestCandidates } from './bestCandidates.ts';
import { fastCandidates } from './fastCandidates.ts';
import { trainInChromium } from './fastChromium.ts';
import { trainInPytorch } from './fastPytorch.ts';
import { switchRelaxedSimdOn } from './relaxedSimd.ts';
import {
  keepRun,
  machineName,
  readRuns,
  summarize,
  type Candidate,
  type SearchRun,
} from './searchResults.ts';

const searches = { fast: fastCandidates, best: bestCandidates } as const;

const { values } = parseArgs({
  options: {
    search: { type: 'string', default: 'fast' },
    where: { type: 'string', default: 'node' },
    seeds: { type: 'string', default: '3' },
    first: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    again: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

const search = values.search === 'best' ? 'best' : 'fast';
const { where } = values;
const json = values.json ?? `bench/results/${search}/${where === 'node' ? 'runs' : where}.json`;
const seeds = Array.from({ length: Number(values.seeds) }, (_value, k) => Number(values.first) + k);
const isKept = (name: string, seed: number): boolean =>
  !values.again && readRuns(json).some((run) => run.candidate === name && run.seed === seed);

function keep(run: SearchRun): void {
  keepRun(json, run);
  const { candidate, seed, accuracy, seconds, cpuSeconds } = run;
  console.log(
    `${candidate}, seed ${seed}: ${(100 * accuracy).toFixed(2)} %, ${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of processor time)`,
  );
}

/** The clock runs from the first step to the end of the last, as the page's does. */
async function train(engine: Engine, { name, config }: Candidate, seed: number): Promise<SearchRun> {
  const load = loadavg()[0] ?? 0;
  await engine.compile({ ...config, seed });
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  await engine.step(totalSteps(config));
  await engine.readMetrics();
  const { user, system } = process.cpuUsage(cpuStart);
  const seconds = (performance.now() - start) / 1000;
  const { accuracy } = await engine.evaluate('test', 10_000);
  return {
    candidate: name,
    seed,
    accuracy,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    measured: new Date().toISOString(),
    machine: machineName(),
    device: engine.info.device,
    load,
  };
}

async function trainAll(): Promise<void> {
  switchRelaxedSimdOn();
  const engine = await createWasmEngine({ host: nodeHost(), threads: 1, relaxed: true });
  await engine.setImages('train', mnistImages('train'));
  await engine.setImages('test', mnistImages('test'));
  for (const candidate of searches[search].filter(({ name }) => name.includes(values.only))) {
    for (const seed of seeds) {
      if (isKept(candidate.name, seed)) continue;
      // One after the other: they share the core.
      // oxlint-disable-next-line no-await-in-loop
      keep(await train(engine, candidate, seed));
    }
  }
  engine.dispose();
}

const missing = seeds.filter((seed) => !isKept(fastPreset.id, seed));
if (values.list) console.log(json);
else if (where === 'chromium') await trainInChromium(missing, keep);
else if (where === 'pytorch') await trainInPytorch(missing, keep);
else await trainAll();
console.table(
  summarize(readRuns(json)).map(({ candidate, seeds, ...figures }) => ({
    candidate,
    seeds,
    'median %': (100 * figures.accuracy).toFixed(2),
    'least %': (100 * figures.leastAccuracy).toFixed(2),
    'median s': figures.seconds.toFixed(2),
    'processor s': figures.cpuSeconds.toFixed(2),
  })),
);
