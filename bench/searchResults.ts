/** What the searches of `npm run bench:fast` and `bench:best` try, measure and keep, run by run: bench/results/NAME/runs.json. */
import { cpus } from 'node:os';
import * as v from 'valibot';
import type { RunConfig } from '@/model/runConfig';
import { readRunsFile, writeRunsFile } from './runsFile.ts';

export interface Candidate {
  /** Names the entry of the results; a changed candidate takes another name. */
  readonly name: string;
  readonly config: RunConfig;
}

const runSchema = v.object({
  candidate: v.string(),
  seed: v.number(),
  /** Share of the 10,000 test images read right. */
  accuracy: v.number(),
  /**
   * From the first step to the end of the last, tests aside: wall time, and processor time, which other work does not lengthen as
   * much. In Chromium the latter is that of the
   * page's worker, with its tests.
   */
  seconds: v.number(),
  cpuSeconds: v.number(),
  /** ISO 8601, UTC. */
  measured: v.string(),
  machine: v.string(),
  device: v.string(),
  /** Load average of a minute when it began. */
  load: v.number(),
});

export type SearchRun = v.InferOutput<typeof runSchema>;

export const machineName = (): string => `${cpus()[0]?.model ?? ''}, ${cpus().length} cores`;

/** @throws ValiError naming what does not fit, where somebody edited the file */
export const readRuns = (path: string): SearchRun[] => readRunsFile(path, runSchema);

/** Puts the run in place of an earlier one of the same candidate and seed. */
export function keepRun(path: string, run: SearchRun): void {
  const others = readRuns(path).filter(
    ({ candidate, seed }) => candidate !== run.candidate || seed !== run.seed,
  );
  const runs = [...others, run].toSorted((a, b) => a.candidate.localeCompare(b.candidate) || a.seed - b.seed);
  writeRunsFile(path, runs);
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
};

export interface SearchSummary {
  readonly candidate: string;
  readonly seeds: number;
  /** Median and least of the shares read right. */
  readonly accuracy: number;
  readonly leastAccuracy: number;
  /** Medians. */
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** One a candidate, the quickest first. */
export function summarize(runs: readonly SearchRun[]): SearchSummary[] {
  return [...new Set(runs.map(({ candidate }) => candidate))]
    .map((candidate) => {
      const own = runs.filter((run) => run.candidate === candidate);
      const medianOf = (key: 'accuracy' | 'seconds' | 'cpuSeconds'): number =>
        median(own.map((run) => run[key]));
      return {
        candidate,
        seeds: own.length,
        accuracy: medianOf('accuracy'),
        leastAccuracy: Math.min(...own.map(({ accuracy }) => accuracy)),
        seconds: medianOf('seconds'),
        cpuSeconds: medianOf('cpuSeconds'),
      };
    })
    .toSorted((a, b) => a.cpuSeconds - b.cpuSeconds);
}
