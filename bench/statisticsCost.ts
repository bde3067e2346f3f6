/**
 * What layer statistics cost: `npx tsx --tsconfig tsconfig.scripts.json bench/statisticsCost.ts [engine] [network ...]`
 *
 * Rounds without and with one measured step take turns, so that both meet the same machine. On the CPU, software adapters
 * among them, a round is one step and the processor time of this process counts. On a GPU it is as many steps as lie between
 * two measurements, and the wall time of all of them.
 */
import { performance } from 'node:perf_hooks';
import type { Engine } from '@/engine/engine';
import { weightedLayers } from '@/model/layerStatistics';
import { defaultConfig } from '@/model/presets';
import { stepsPerEpoch } from '@/model/runConfig';
import { StatisticsSchedule } from '@/training/statisticsSchedule';
import { mnistImages } from '../scripts/mnistImages.ts';
import { engines, isParityEngineName } from '../scripts/parity/engines.ts';
import { median } from './measure.ts';

/** Enough of a run for all phases of the schedule. */
const steadyStep = 1000;

/** Milliseconds: of processor time, or of wall time. */
async function timed(isOnGpu: boolean, task: () => Promise<void>): Promise<number> {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(cpu);
  return isOnGpu ? performance.now() - wall : (user + system) / 1000;
}

/** One round: `steps` steps, the first of them measured or none, and everything that was taken read back. */
async function round(engine: Engine, steps: number, isMeasured: boolean): Promise<void> {
  // The engine's own count of steps decides; 1 measures whatever it is.
  engine.setStatisticsInterval(isMeasured ? 1 : null);
  await engine.step(1);
  engine.setStatisticsInterval(null);
  if (steps > 1) await engine.step(steps - 1);
  await engine.readMetrics();
  const taken = await engine.readStatistics();
  if (taken.length !== (isMeasured ? 1 : 0)) throw new Error(`${taken.length} steps were measured.`);
}

async function cost(engine: Engine, network: string, isOnGpu: boolean): Promise<void> {
  const config = { ...defaultConfig(network), epochs: 1000 };
  await engine.compile(config);
  const schedule = new StatisticsSchedule();
  const interval = schedule.interval(steadyStep, 'auto') ?? Infinity;
  const steps = isOnGpu ? interval : 1;
  await round(engine, steps, false);
  await round(engine, steps, true);
  const without: number[] = [];
  const measured: number[] = [];
  const end = performance.now() + Number(process.env['SECONDS'] ?? 30) * 1000;
  while (performance.now() < end || without.length < 5) {
    // oxlint-disable no-await-in-loop
    without.push(await timed(isOnGpu, () => round(engine, steps, false)));
    measured.push(await timed(isOnGpu, () => round(engine, steps, true)));
    // oxlint-enable no-await-in-loop
  }
  const perStep = median(without) / steps;
  const extra = median(measured.map((value, i) => value - (without[i] ?? NaN)));
  const firstEpoch = Array.from({ length: stepsPerEpoch(config) }, (_, step) => step).filter(
    (step) => step % (schedule.interval(step, 'auto') ?? Infinity) === 0,
  ).length;
  const share = (value: number): string => `${(100 * value).toFixed(2)} %`;
  const cells = [
    network,
    weightedLayers(config.network.layers).length,
    `${perStep.toFixed(2)} ms`,
    `${extra.toFixed(2)} ms`,
    share(extra / perStep / interval),
    share((extra * firstEpoch) / (perStep * stepsPerEpoch(config))),
    without.length,
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

const [name = 'wasm', ...asked] = process.argv.slice(2);
if (!isParityEngineName(name)) {
  throw new RangeError(`Unknown engine "${name}". Known: ${Object.keys(engines).join(', ')}.`);
}
const engine = await engines[name].create();
await engine.setImages('train', mnistImages('train'));
const { backend, isSoftware } = engine.info;
const isOnGpu = (backend === 'webgpu' || backend === 'webgl') && !isSoftware;
console.log(`${engine.info.engine}, ${engine.info.device}\n`);
console.log('| network | layers | step | statistics of one step | every 50th step | first epoch | pairs |');
console.log('|---|---|---|---|---|---|---|');
for (const network of asked.length > 0 ? asked : ['mynn', 'resnet', 'resnet18']) {
  // One after the other: they share the cores.
  // oxlint-disable-next-line no-await-in-loop
  await cost(engine, network, isOnGpu);
}
engine.dispose();
process.exit(0);
