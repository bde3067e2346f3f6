/** A report that is written whenever rows come, so that a run that was stopped can be gone on with. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Measured } from './measure.ts';
import type { BenchReport } from './reportMarkdown.ts';
import type { BenchTask } from './row.ts';

const git = (...words: readonly string[]): string =>
  execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
const engineFolders = ['assembly', 'src/engine', 'src/model'];

/** The commit that changed the engines last, with a + where changes are not committed; null without git. */
export function engineCommit(): string | null {
  try {
    const isChanged = git('status', '--porcelain', '--', ...engineFolders) !== '';
    return `${git('log', '-1', '--format=%h', '--', ...engineFolders)}${isChanged ? '+' : ''}`;
  } catch {
    return null;
  }
}

const kindOf = ({ machine, driver, rounds, where, suite, engineCommit: commit, only }: BenchReport): string =>
  JSON.stringify({ machine, driver, rounds, where, suite, commit, only });

/**
 * What `path` already holds of a run such as `fresh`, or `fresh` where there is no such file.
 * @throws RangeError where it holds another kind of run, or engines of another commit
 */
export function continuedReport(path: string, fresh: BenchReport): BenchReport {
  if (!existsSync(path)) return fresh;
  const found = JSON.parse(readFileSync(path, 'utf8')) as BenchReport;
  if (kindOf(found) === kindOf(fresh)) return found;
  throw new RangeError(
    `${path} holds another run (${kindOf(found)}): name another file. This one is ${kindOf(fresh)}.`,
  );
}

/** The report's rows of a task. */
export function rowsOfTask({ results }: BenchReport, task: BenchTask): readonly Measured[] {
  return results.filter(
    ({ network, batchSize, optimizer }) =>
      network === task.network && batchSize === task.batchSize && optimizer === (task.optimizer ?? 'SGD'),
  );
}

/** Whether the report has rows of the task with so many rounds, or failed ones. */
export function isMeasured(report: BenchReport, task: BenchTask, rounds: number): boolean {
  const rows = rowsOfTask(report, task);
  return rows.length > 0 && rows.every((row) => row.error !== null || row.rounds.length >= rounds);
}

export function writeReport(path: string, report: BenchReport): void {
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
}
