/** What the tables of the report and of the known presets share: the figures of one measured run. */
import { deadClasses, recallOf } from '@/model/classCounts';
import { bestTest } from '@/model/runResult';
import type { ReportEntry } from './reportFile.ts';

export const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function spell(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

const loss = (value: number | null): string =>
  value === null ? 'not finite' : value.toFixed(Math.abs(value) < 100 ? 2 : 0);

/** Wall time, and processor time. */
const duration = ({ seconds, cpuSeconds }: ReportEntry): string =>
  `${spell(seconds)} (${spell(cpuSeconds)} of processor time)`;

const engineOf = ({ engine, device }: ReportEntry): string => `${engine}, ${device}`;

/** UTC, to the minute. */
const finished = ({ finishedAt }: ReportEntry): string => finishedAt.slice(0, 16).replace('T', ' ');

function checked({ checks }: ReportEntry): string {
  const lines = checks.map(({ text, isMet }) => `${isMet ? 'yes' : '**NO**'}: ${text}`);
  return lines.length === 0 ? '–' : lines.join('<br>');
}

function measured({ tests }: ReportEntry): string {
  const last = tests.at(-1);
  if (last === undefined) return '–';
  return `**${percent(last.accuracy)}**, summed test loss ${loss(last.sumOfBatchMeans)}`;
}

/** A row of a table: what a run is compared with, and then what it came to here. */
export function entryRow(compared: readonly string[], entry: ReportEntry): string {
  const cells = [
    ...compared,
    measured(entry),
    checked(entry),
    duration(entry),
    engineOf(entry),
    finished(entry),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Accuracy and dead digits after each epoch, and the training loss on the way. */
export function details(entry: ReportEntry): string[] {
  const lines = [`### ${entry.runId}: ${entry.length}, seed ${entry.seed}`, ''];
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
