/** docs/report.md from the measured figures. */
import { deadClasses, recallOf } from '@/model/classCounts';
import type { Measurement } from '@/model/presets';
import { stepsPerEpoch } from '@/model/runConfig';
import { bestTest } from '@/model/runResult';
import { reportRunById, reportRuns, type ReportRun } from '@/report/reportRuns';
import type { ReportEntry } from './reportFile.ts';

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

const loss = (value: number | null): string =>
  value === null ? 'not finite' : value.toFixed(Math.abs(value) < 100 ? 2 : 0);

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

function measured({ tests }: ReportEntry): string {
  const last = tests.at(-1);
  if (last === undefined) return '–';
  return `**${percent(last.accuracy)}**, summed test loss ${loss(last.sumOfBatchMeans)}`;
}

function row(run: ReportRun, entry: ReportEntry): string {
  const checks = entry.checks.map(({ text, isMet }) => `${isMet ? 'yes' : '**NO**'}: ${text}`);
  const cells = [
    run.id,
    `${entry.length}, seed ${entry.seed}`,
    figure(run.report),
    figure(pytorchFor(run, entry.steps)),
    measured(entry),
    checks.length === 0 ? '–' : checks.join('<br>'),
    `${duration(entry.seconds)} (${duration(entry.cpuSeconds)} of processor time)`,
    `${entry.engine}, ${entry.device}`,
    entry.finishedAt.slice(0, 16).replace('T', ' '),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Accuracy and dead digits after each epoch, and the training loss on the way. */
function details(run: ReportRun, entry: ReportEntry): string[] {
  const lines = [`### ${run.id}: ${entry.length}, seed ${entry.seed}`, ''];
  const losses = entry.losses.map(({ step, loss: value }) => `${loss(value)} (step ${step})`);
  lines.push(`Training loss: ${losses.join(', ')}.`, '');
  lines.push('| epoch | test accuracy | summed test loss | digits with recall 0 |', '|---|---|---|---|');
  for (const test of entry.tests) {
    const dead = deadClasses(test.classes);
    const epoch = Number(test.epoch.toFixed(2));
    lines.push(
      `| ${epoch} | ${percent(test.accuracy)} | ${loss(test.sumOfBatchMeans)} | ${dead.join(', ') || 'none'} |`,
    );
  }
  const last = entry.tests.at(-1);
  const best = bestTest(entry.tests);
  if (last !== undefined) {
    const recall = recallOf(last.classes).map((share, digit) => `${digit}: ${percent(share ?? 0)}`);
    lines.push('', `Recall at the end: ${recall.join(', ')}.`);
  }
  if (best !== undefined && best !== last) {
    lines.push('', `Best: ${percent(best.accuracy)} after epoch ${Number(best.epoch.toFixed(2))}.`);
  }
  if (entry.verdicts.length > 0) {
    const said = entry.verdicts.map(({ step, id, digits }) => {
      const named = digits.length === 0 ? '' : `: ${digits.join(', ')}`;
      return `${id}${named} (step ${step})`;
    });
    lines.push('', `What the doctor said, and when first: ${said.join('; ')}.`);
  }
  return [...lines, ''];
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
    ...known.flatMap(({ run, entry }) => details(run, entry)),
  ].join('\n');
}
