/** docs/report.md from the measured figures. */
import type { Measurement } from '@/model/presets';
import { stepsPerEpoch } from '@/model/runConfig';
import { reportRunById, reportRuns, type ReportRun } from '@/report/reportRuns';
import { details, entryRow, percent } from './entryMarkdown.ts';
import type { ReportEntry } from './reportFile.ts';

function when({ unit, after }: Measurement): string {
  return unit === 'epoch' ? `epoch ${after}` : `step ${after}`;
}

function figure(measurement: Measurement | null | undefined): string {
  if (measurement === null || measurement === undefined) return '–';
  return `${percent(measurement.accuracy)} (${when(measurement)})`;
}

/** PyTorch's figure at the steps that this run has, or none. */
function pytorchFor(run: ReportRun, steps: number): Measurement | undefined {
  const perEpoch = stepsPerEpoch(run.preset.config);
  return run.pytorch.find(({ unit, after }) => (unit === 'epoch' ? after * perEpoch : after) === steps);
}

function row(run: ReportRun, entry: ReportEntry): string {
  return entryRow(
    [run.id, `${entry.length}, seed ${entry.seed}`, figure(run.report), figure(pytorchFor(run, entry.steps))],
    entry,
  );
}

const order = (entry: ReportEntry): number => reportRuns.findIndex(({ id }) => id === entry.runId);

/** The whole file. */
export function reportMarkdown(entries: readonly ReportEntry[]): string {
  const sorted = entries.toSorted(
    (a, b) => order(a) - order(b) || a.steps - b.steps || a.seed - b.seed || a.key.localeCompare(b.key),
  );
  const known = sorted.flatMap((entry) => {
    const run = reportRunById(entry.runId);
    return run === undefined ? [] : [{ run, entry }];
  });
  return [
    '# The report, run here',
    '',
    'Written by `npm run report` from the figures in [report.json](report.json), which the same command measures; not by hand.',
    'Every run goes through the real trainer with the report’s settings: batch 64, no shuffling, plain SGD.',
    'Ours are other initial weights than PyTorch’s seed 0, so figures agree within what a seed changes.',
    'Wall times were taken on whatever else the machine was doing; processor time counts this command alone.',
    '',
    '| run | length | the report | PyTorch, same length | measured | as it should be | time | engine | finished (UTC) |',
    '|---|---|---|---|---|---|---|---|---|',
    ...known.map(({ run, entry }) => row(run, entry)),
    '',
    ...known.flatMap(({ entry }) => details(entry)),
  ].join('\n');
}
