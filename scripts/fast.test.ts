import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { enoughAccuracy, fastPreset } from '@/model/fastPreset';
import { knownPresets } from '@/model/knownPresets';
import { sameNetwork } from '@/model/networkSchema';
import { sameConfig } from '@/model/runConfig';
import { validateConfig } from '@/model/validate';
import { bestCandidates } from '../bench/bestCandidates.ts';
import { fastCandidates } from '../bench/fastCandidates.ts';
import { readRuns, summarize, type Candidate, type SearchRun } from '../bench/searchResults.ts';

const run = (candidate: string, seed: number, accuracy: number, cpuSeconds: number): SearchRun => ({
  candidate,
  seed,
  accuracy,
  seconds: 2 * cpuSeconds,
  cpuSeconds,
  measured: '2026-11-29T20:00:00.000Z',
  machine: 'here',
  device: 'WebAssembly',
  load: 1,
});

test('a candidate is summed up by medians and its least accuracy, the quickest first', () => {
  const runs = [
    run('slow', 1, 0.5, 9),
    run('quick', 1, 0.9, 3),
    run('quick', 2, 0.8, 1),
    run('quick', 3, 0.7, 2),
  ];
  expect(summarize([...runs, run('quick', 4, 0.6, 4)])).toEqual([
    { candidate: 'quick', seeds: 4, accuracy: 0.75, leastAccuracy: 0.6, seconds: 5, cpuSeconds: 2.5 },
    { candidate: 'slow', seeds: 1, accuracy: 0.5, leastAccuracy: 0.5, seconds: 18, cpuSeconds: 9 },
  ]);
});

test('every candidate can be trained, under a name of its own', () => {
  const candidates = [...fastCandidates, ...bestCandidates];
  expect(new Set(candidates.map(({ name }) => name)).size).toBe(candidates.length);
  expect(candidates.flatMap(({ config }) => validateConfig(config))).toEqual([]);
});

test('the five-minute preset is a candidate', () => {
  const preset = knownPresets.find(({ id }) => id === 'five_minute_cnn')?.config;
  const sameLayers = ({ config }: Candidate): boolean =>
    preset !== undefined &&
    JSON.stringify(config.network.layers) === JSON.stringify(preset.network.layers) &&
    sameConfig({ ...config, network: preset.network }, preset);
  expect(bestCandidates.filter(sameLayers)).toHaveLength(1);
});

test('the fast preset is a candidate, and says what was measured of it', () => {
  const { network } = fastPreset.config;
  const chosen = fastCandidates.find(
    ({ config }) =>
      sameNetwork(config.network, network) && sameConfig({ ...config, network }, fastPreset.config),
  );
  const file = fileURLToPath(new URL('../bench/results/fast/runs.json', import.meta.url));
  const summary = summarize(readRuns(file)).find(({ candidate }) => candidate === chosen?.name);
  expect(summary).toMatchObject({
    seeds: fastPreset.measured.seeds,
    leastAccuracy: fastPreset.measured.leastAccuracy,
  });
  expect(summary?.accuracy).toBeCloseTo(fastPreset.measured.accuracy, 6);
  expect(summary?.cpuSeconds).toBeCloseTo(fastPreset.measured.seconds, 1);
  expect(fastPreset.measured.accuracy).toBeGreaterThanOrEqual(enoughAccuracy);
});
