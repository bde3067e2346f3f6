/** What npm run bench:optimizers measured and keeps, run by run: bench/results/optimizers/runs.json, and its table. */
import * as v from 'valibot';
import { geometricMean } from './measure.ts';
import { table } from './reportMarkdown.ts';
import { readRunsFile, runsPath, writeRunsFile } from './runsFile.ts';

/** Milliseconds of processor time a step: the best round of each, interleaved. */
const pairSchema = v.object({ sgd: v.number(), optimizer: v.number() });
const runSchema = v.object({
  network: v.string(),
  batchSize: v.number(),
  optimizer: v.string(),
  start: pairSchema,
  /** After so many steps of training on MNIST's digits; SGD is measured again beside it, where it began. */
  after: v.object({
    steps: v.number(),
    ...pairSchema.entries,
    /** Share of the optimizer's numbers that are too small for float32 to be normal, and not 0. */
    subnormal: v.number(),
  }),
  /** ISO 8601, UTC. */
  measured: v.string(),
  machine: v.string(),
  /** The commit that changed the engines last, with a + where changes were not committed; null without git. */
  engineCommit: v.nullable(v.string()),
  load: v.number(),
});
export type OptimizerRun = v.InferOutput<typeof runSchema>;

const file = runsPath('optimizers');

const readOptimizerRuns = (): OptimizerRun[] => readRunsFile(file, runSchema);

export function keepOptimizerRun(run: OptimizerRun): void {
  writeRunsFile(file, [...readOptimizerRuns(), run]);
}

export const startRatio = ({ start }: OptimizerRun): number => start.optimizer / start.sgd;
export const afterRatio = ({ after }: OptimizerRun): number => after.optimizer / after.sgd;

/** The newest run of each network, batch size, optimizer and number of steps; the geometric means and the worst below. */
export function optimizersTable(): string {
  const all = readOptimizerRuns();
  const key = ({ network, batchSize, optimizer, after }: OptimizerRun): string =>
    JSON.stringify([network, batchSize, optimizer, after.steps]);
  const newest = [...new Map(all.map((run) => [key(run), run])).values()];
  if (newest.length === 0) return 'None is kept yet.';
  const last = (name: string, of: (values: readonly number[]) => number): string[] => {
    const both = [startRatio, afterRatio].map((ratio) => `**${of(newest.map(ratio)).toFixed(2)}**`);
    return [`**${name}**`, '', '', '', both[0] ?? '', '', both[1] ?? '', '', ''];
  };
  return table(
    [
      'network',
      'batch',
      'optimizer',
      'SGD with momentum, ms',
      'at the start, times SGD',
      'steps',
      'after them, times SGD',
      'subnormal then',
      'measured',
    ],
    [
      ...newest.map((run) => [
        run.network,
        String(run.batchSize),
        run.optimizer,
        run.start.sgd.toFixed(2),
        startRatio(run).toFixed(2),
        String(run.after.steps),
        afterRatio(run).toFixed(2),
        `${(100 * run.after.subnormal).toFixed(1)} %`,
        run.measured.slice(0, 10),
      ]),
      last('geometric mean', geometricMean),
      last('worst', (values) => Math.max(...values)),
    ],
  );
}
