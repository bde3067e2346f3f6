/**
 * Trains the runs of runs.ts on the WebAssembly engine and keeps what was measured, for the tests of src/doctor:
 * `npx tsx --tsconfig tsconfig.scripts.json scripts/doctor/record.ts [name ...]`; without names, those that are missing.
 */
import type { RunRecord } from '@/doctor/runRecord';
import type { ImageSet } from '@/data/imageSet';
import type { Engine } from '@/engine/engine';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { countClasses } from '@/model/classCounts';
import { stepsPerEpoch } from '@/model/runConfig';
import { StatisticsSchedule } from '@/training/statisticsSchedule';
import { testImageCount, type TestExtent } from '@/training/testSchedule';
import { mnistImages } from '../mnistImages.ts';
import { nodeHost } from '../wasm/nodeHost.ts';
import { hasRecord, writeRecord } from './recordFile.ts';
import { recordedRuns, type RecordedRun } from './runs.ts';

const training = mnistImages('train');
const test = mnistImages('test');

/** The first images of the training set in the order of their labels. */
function sorted(set: ImageSet, count: number): ImageSet {
  const order = Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => (set.labels[a] ?? 0) - (set.labels[b] ?? 0),
  );
  const images = new Uint8Array(count * 784);
  order.forEach((from, to) => images.set(set.images.subarray(from * 784, from * 784 + 784), to * 784));
  return { images, labels: Uint8Array.from(order, (i) => set.labels[i] ?? 0), count };
}

async function evaluate(engine: Engine, extent: TestExtent, step: number, epoch: number) {
  const { loss, accuracy, predictions } = await engine.evaluate('test', testImageCount(extent, undefined));
  return { step, epoch, extent, loss, accuracy, classes: countClasses(predictions, test.labels) };
}

async function record(engine: Engine, run: RecordedRun): Promise<RunRecord> {
  const { config, steps } = run;
  const images = run.isSorted === true ? sorted(training, config.trainingImages) : training;
  await engine.setImages('train', images);
  await engine.compile(config);
  const schedule = new StatisticsSchedule();
  const loss: number[] = [];
  const accuracy: number[] = [];
  const evaluations: RunRecord['evaluations'][number][] = [];
  const statistics: RunRecord['statistics'][number][] = [];
  const epochSteps = stepsPerEpoch(config);
  for (let step = 0; step < steps; step += 1) {
    engine.setStatisticsInterval(schedule.interval(step, 'auto'));
    await engine.step(1);
    const metrics = await engine.readMetrics();
    schedule.lossesRead(metrics.loss);
    loss.push(...metrics.loss);
    accuracy.push(...metrics.accuracy);
    statistics.push(...(await engine.readStatistics()));
    const done = step + 1;
    const epoch = done / epochSteps;
    if (done % epochSteps === 0 && run.fullTests) {
      evaluations.push(await evaluate(engine, 'full', done, epoch));
    } else if (run.quickTestEvery > 0 && done % run.quickTestEvery === 0) {
      evaluations.push(await evaluate(engine, 'quick', done, epoch));
    }
  }
  return { config, loss, accuracy, evaluations, statistics };
}

const asked = process.argv.slice(2);
const names = asked.length > 0 ? asked : Object.keys(recordedRuns).filter((name) => !hasRecord(name));
for (const name of names) {
  const run = Object.entries(recordedRuns).find(([known]) => known === name)?.[1];
  if (run === undefined)
    throw new RangeError(`No run is named ${name}: ${Object.keys(recordedRuns).join(', ')}.`);
  const engine = await createWasmEngine({ host: nodeHost(), threads: 1 });
  await engine.setImages('test', test);
  const start = performance.now();
  const result = await record(engine, run);
  writeRecord(name, result, `${engine.info.device}, Node ${process.version}, scripts/doctor/record.ts`);
  engine.dispose();
  const last = result.evaluations.at(-1);
  console.log(
    `${name}: ${result.loss.length} steps in ${((performance.now() - start) / 1000).toFixed(0)} s, loss ` +
      `${result.loss[0]?.toPrecision(4)} -> ${result.loss[result.loss.length - 1]?.toPrecision(4)}` +
      (last === undefined ? '' : `, test ${(100 * last.accuracy).toFixed(1)} %`),
  );
}
