import { describe, expect, it } from 'vitest';
import { totalSteps } from '@/model/learningRate';
import { stepsPerEpoch, type RunConfig } from '@/model/runConfig';
import { defaultConfig } from '@/model/presets';
import { reportRunById } from '@/report/reportRuns';
import { estimatedSeconds, queueProgress, workOf } from '@/session/queue/queueProgress';
import type { QueueState } from '@/session/queue/runQueue';
import { runOf } from '@/storage/testing/runWrites';
import type { RecordedRun } from '@/storage/runs/runSchema';

describe('queueProgress', () => {
  const config = reportRunById('lenet_nll_softmax')?.configs.short;
  if (config === undefined) throw new Error('The report has no such run.');
  const queue: QueueState = {
    phase: 'running',
    items: [{ config, sweep: null, state: 'running', runId: 'a' }],
  };
  const run = { imagesPerSecond: 1000, testedImages: null };
  // An epoch: 60,000 images forward and backward, 10,000 forward.
  const perEpoch = 3 * 60_000 + 10_000;

  it('counts the test of an epoch image by image', () => {
    const step = stepsPerEpoch(config);
    const share = (testedImages: number | null): number =>
      queueProgress(queue, { ...run, step, testedImages }).share;
    expect(share(0)).toBeCloseTo((3 * 60_000) / (3 * perEpoch), 10);
    expect(share(4000)).toBeCloseTo((3 * 60_000 + 4000) / (3 * perEpoch), 10);
    expect(share(null)).toBeCloseTo(1 / 3, 10);
  });
  it('leaves quick tests in mid-epoch out', () => {
    const share = queueProgress(queue, { ...run, step: 100, testedImages: 500 }).share;
    expect(share).toBeCloseTo((3 * 6400) / (3 * perEpoch), 10);
  });
  it('is done, and tells no time left, after the last test', () => {
    const progress = queueProgress(queue, { ...run, step: totalSteps(config) });
    expect(progress.share).toBe(1);
    expect(progress.secondsLeft).toBe(0);
  });
  it('takes the speed of training for the tests too', () => {
    // 1000 images a second of training are 3000 operations of a forward pass.
    expect(queueProgress(queue, { ...run, step: 0 }).secondsLeft).toBeCloseTo((3 * perEpoch) / 3000, 6);
  });
});

describe('estimatedSeconds', () => {
  const config: RunConfig = { ...defaultConfig('lenet'), epochs: 2 };
  const backend = { engine: 'wasm', backend: 'wasm' } as const;
  /** 1000 steps of 64 images took so long. */
  const kept = (seconds: number, change: Partial<RecordedRun> = {}): RecordedRun => {
    const run = { ...runOf('a', 1000), config: { ...config, batchSize: 64 } };
    return { ...run, summary: { ...run.summary, seconds }, ...change };
  };
  // 64,000 images forward and backward in 8 seconds are 24,000 forward passes a second.
  const expected = (2 * (3 * 60_000 + 10_000)) / 24_000;

  it('is by the newest run of the same network', () => {
    const runs = [kept(8, { createdAt: 5 }), kept(80)];
    expect(estimatedSeconds([config, config], runs, backend)).toBeCloseTo(2 * expected, 6);
  });
  it('is by operations where none of the network was trained', () => {
    const other = defaultConfig('mynn');
    const ratio = workOf(other) / workOf(config);
    expect(estimatedSeconds([other], [kept(8)], backend)).toBeCloseTo(expected * ratio, 6);
  });
  it('is not known on a backend that has computed none, nor by a few steps', () => {
    expect(estimatedSeconds([config], [kept(8)], { ...backend, backend: 'webgpu' })).toBeNull();
    expect(
      estimatedSeconds([config], [{ ...kept(8), summary: { ...kept(8).summary, steps: 3 } }], backend),
    ).toBeNull();
  });
});
