// The suite of npm run bench: what is chosen of it, how partial runs add up, and how a stopped one goes on.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { continuedReport, isMeasured, writeReport } from '../bench/reportFile.ts';
import { withLaterRounds, type Measured } from '../bench/measure.ts';
import type { BenchReport } from '../bench/reportMarkdown.ts';
import type { ResultFile, ResultRow } from '../bench/resultFile.ts';
import { suiteTasks } from '../bench/suiteNetworks.ts';
import { suiteTable } from '../bench/suiteTable.ts';

test('a pair is a network at one batch size or at its usual ones', () => {
  const chosen = (pairs: readonly string[]): string[] =>
    suiteTasks({ pairs, optimizers: ['Adam'] }).map(({ network, batchSize }) => `${network} ${batchSize}`);
  expect(chosen(['7x7@8', 'MLP 128'])).toEqual(['MLP 128 64', '7x7 8']);
  expect(chosen(['VGG-like'])).toHaveLength(5);
  expect(suiteTasks({ batchSizes: [8] }).every(({ batchSize }) => batchSize === 8)).toBe(true);
  expect(() => suiteTasks({ pairs: ['7x7@0'] })).toThrow(RangeError);
  expect(() => suiteTasks({ pairs: ['VGG'] })).toThrow('VGG-like');
});

const row = (network: string, engine: ResultRow['engine'], minimum: number): ResultRow => ({
  network,
  batchSize: 64,
  engine,
  milliseconds: minimum,
  minimum,
});
const run = (measured: string, rows: readonly ResultRow[]): ResultFile => ({
  suite: true,
  measured,
  machine: 'CPU, 2 cores',
  adapter: null,
  where: 'chromium',
  statistic: 'median',
  rounds: 4,
  rows,
});

test('runs add up: each ratio is of the newest run that has both its sides', () => {
  const runs = [
    run('2026-11-01T10:00:00.000Z', [
      row('7x7', 'wasm', 1),
      row('7x7', 'pytorch', 1),
      row('MLP 128', 'wasm', 3),
      row('MLP 128', 'pytorch', 1),
    ]),
    run('2026-11-02T10:00:00.000Z', [row('7x7', 'wasm', 1), row('7x7', 'pytorch', 2)]),
    // Without its other side it says nothing.
    run('2026-11-03T10:00:00.000Z', [row('MLP 128', 'wasm', 100)]),
  ];
  const text = suiteTable(runs, 'wasm');
  expect(text).toContain('| MLP 128 | 64 | 3.00 |\n| 7x7 | 64 | 0.50 |');
  expect(text).toContain('| **worst** |  | **3.00** |');
  expect(text).toContain('2026-11-02 10:00 UTC, Chromium, 1 of the rows, 4 rounds');
  expect(text).not.toContain('2026-11-03');
});

test('a stopped run goes on from its file, and from no other kind of run', () => {
  const fresh: BenchReport = {
    date: '2026-11-25T03:00:00.000Z',
    machine: { cpu: 'CPU', cores: 2, node: 'v20' },
    driver: null,
    load: [0, 0],
    rounds: 3,
    where: 'node',
    suite: true,
    engineCommit: 'abc',
    only: null,
    results: [],
    scaling: [],
  };
  const path = join(mkdtempSync(join(tmpdir(), 'bench-')), 'suite.json');
  expect(continuedReport(path, fresh)).toBe(fresh);
  const [first, second] = suiteTasks();
  if (first === undefined || second === undefined) throw new Error('The suite is empty.');
  const figure = { width: 1, firstStepMilliseconds: 1, rounds: [1], median: 1, minimum: 1, maximum: 1 };
  const rest = { label: 'PyTorch, 1 thread', imagesPerSecond: 1, ratio: 1, profile: null, error: null };
  const measured = { ...figure, ...rest, network: first.network, batchSize: first.batchSize };
  writeReport(path, { ...fresh, results: [{ ...measured, optimizer: 'SGD' }] });
  const later = { ...fresh, date: '2026-11-25T04:00:00.000Z', load: [9, 9] as const };
  const continued = continuedReport(path, later);
  expect(suiteTasks().filter((task) => isMeasured(continued, task, 1))).toEqual([first]);
  // Of a second pass it has nothing yet.
  expect(suiteTasks().filter((task) => isMeasured(continued, task, 2))).toEqual([]);
  expect(() => continuedReport(path, { ...later, engineCommit: 'def' })).toThrow('another run');
});

test('a later pass adds its rounds to the rows of the earlier one', () => {
  const row = {
    network: '7x7',
    batchSize: 64,
    width: 1,
    optimizer: 'SGD' as const,
    firstStepMilliseconds: 1,
    imagesPerSecond: 1,
    profile: null,
  };
  const of = (label: string, rounds: readonly number[], error: string | null = null): Measured => {
    return { ...row, label, rounds, median: 1, minimum: 1, maximum: 1, ratio: 1, error };
  };
  const earlier = [
    of('ours', [4, 6]),
    of('PyTorch', [3, 3]),
    of('fails later', [1]),
    of('failed', [], 'No.'),
  ];
  const later = [of('PyTorch', [1]), of('ours', [2]), of('fails later', [], 'Lost.')];
  const joined = withLaterRounds(earlier, later);
  expect(joined.map(({ label, rounds, minimum, error }) => [label, rounds, minimum, error])).toEqual([
    ['ours', [4, 6, 2], 2, null],
    ['PyTorch', [3, 3, 1], 1, null],
    ['fails later', [1], 1, 'Lost.'],
    ['failed', [], Number.NaN, 'No.'],
  ]);
  expect(joined[0]).toMatchObject({ median: 4, maximum: 6, ratio: 1, imagesPerSecond: 16_000 });
  expect(joined[1]?.ratio).toBe(0.75);
});
