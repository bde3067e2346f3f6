/**
 * `npm run report -- [--quick | --whole | --known] [--only ID,...] [--seed N,...] [--engine NAME] [--json FILE] [--records FOLDER]`
 *
 * Trains the report's runs here and writes docs/report.md from what was measured. Without a flag: long enough for the
 * figures to be compared with the report's and PyTorch's; --quick: the short versions; --whole: the report's own lengths;
 * --known: the presets that people know instead, into docs/presets.md. Runs of earlier calls stay in the JSON file beside it, so that parts can be run one by one. --records keeps the events of each
 * run, for tests of the doctor.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { finiteOrNull } from '@/model/runResult';
import type { RunEvent } from '@/training/runEvent';
import { engines, isParityEngineName, type ParityEngineName } from '../parity/engines.ts';
import { knownMarkdown } from './knownMarkdown.ts';
import { plannedKnownRuns, plannedRuns, type PlannedRun } from './plan.ts';
import { mergeEntry, readEntries, type LossPoint, type ReportEntry } from './reportFile.ts';
import { reportMarkdown } from './reportMarkdown.ts';
import { trainToEnd, type TrainedRun } from './trainToEnd.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    whole: { type: 'boolean', default: false },
    known: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: '' },
    engine: { type: 'string', default: 'wasm' },
    json: { type: 'string' },
    records: { type: 'string' },
  },
});

const list = (text: string): string[] => text.split(',').filter((item) => item !== '');

/** The first loss, the last, and ten between; each the mean of up to ten steps that end there, the first aside. */
function sampled(losses: readonly number[]): LossPoint[] {
  const parts = 10;
  const points: LossPoint[] = [{ step: 1, loss: finiteOrNull(losses[0] ?? NaN) }];
  for (let part = 1; part <= parts; part += 1) {
    const step = Math.round((losses.length * part) / parts);
    if (step <= 1) continue;
    const last = losses.slice(Math.max(0, step - 10), step);
    points.push({ step, loss: finiteOrNull(last.reduce((a, b) => a + b, 0) / last.length) });
  }
  return points;
}

function entryOf({ key, id, length, config, checks }: PlannedRun, trained: TrainedRun): ReportEntry {
  const losses = sampled(trained.losses);
  const { tests, info, verdicts } = trained;
  return {
    key,
    runId: id,
    length,
    seed: config.seed,
    steps: trained.losses.length,
    finishedAt: new Date().toISOString(),
    engine: info.engine,
    device: info.device,
    seconds: trained.seconds,
    cpuSeconds: trained.cpuSeconds,
    losses,
    tests: [...tests].map((test) => ({
      ...test,
      classes: {
        labelled: [...test.classes.labelled],
        predicted: [...test.classes.predicted],
        right: [...test.classes.right],
      },
    })),
    checks: checks.map(({ text, isMet }) => ({ text, isMet: isMet({ tests, losses, verdicts }) })),
    verdicts: verdicts.map((verdict) => ({ ...verdict, digits: [...verdict.digits] })),
  };
}

function saveRecord(folder: string, { key, config }: PlannedRun, { events }: TrainedRun): void {
  mkdirSync(folder, { recursive: true });
  const plain = events.map((event) =>
    event.type === 'metrics'
      ? {
          ...event,
          loss: [...event.loss],
          accuracy: [...event.accuracy],
          learningRate: [...event.learningRate],
        }
      : event,
  );
  const name = `${key.replaceAll(/[^\w.]+/g, '-')}.json`;
  writeFileSync(join(folder, name), JSON.stringify({ config, events: plain }));
}

function progress(): (event: RunEvent) => void {
  return (event) => {
    if (event.type !== 'evaluated' || event.extent !== 'full') return;
    const { epoch, accuracy, sumOfBatchMeans } = event;
    console.log(`  epoch ${epoch}: ${(100 * accuracy).toFixed(2)} %, ${sumOfBatchMeans.toFixed(2)}`);
  };
}

async function runAll(engine: ParityEngineName): Promise<boolean> {
  const { quick, whole, known } = values;
  if ([quick, whole, known].filter(Boolean).length > 1) {
    throw new RangeError('Choose one of --quick, --whole and --known.');
  }
  const only = list(values.only);
  const seeds = list(values.seed).map(Number);
  const runs = known
    ? plannedKnownRuns(only, seeds)
    : plannedRuns(quick ? 'quick' : whole ? 'whole' : 'standard', only, seeds);
  const json = values.json ?? (known ? 'docs/presets.json' : 'docs/report.json');
  const markdown = known ? knownMarkdown : reportMarkdown;
  let isAllMet = true;
  for (const planned of runs) {
    console.log(planned.key);
    const { create } = engines[engine];
    // One after the other: they share the cores.
    // oxlint-disable-next-line no-await-in-loop
    const trained = await trainToEnd({ create, config: planned.config, onEvent: progress() });
    const entry = entryOf(planned, trained);
    if (values.records !== undefined) saveRecord(values.records, planned, trained);
    mergeEntry(json, entry);
    writeFileSync(json.replace(/(\.json)?$/, '.md'), markdown(readEntries(json)));
    for (const { text, isMet } of entry.checks) console.log(`  ${isMet ? 'yes' : 'NO'}: ${text}`);
    console.log(`  ${entry.seconds.toFixed(0)} s (${entry.cpuSeconds.toFixed(0)} s of processor time)`);
    isAllMet &&= entry.checks.every(({ isMet }) => isMet);
  }
  return isAllMet;
}

const { engine } = values;
if (!isParityEngineName(engine)) {
  throw new RangeError(`Unknown engine "${engine}". Known: ${Object.keys(engines).join(', ')}.`);
}
process.exit((await runAll(engine)) ? 0 : 1);
