import { describe, expect, it } from 'vitest';
import { stepsPerEpoch } from '@/model/runConfig';
import { totalSteps } from '@/model/learningRate';
import { configOf, queueProgress, type QueueState } from '@/features/report/reportQueue';

describe('queueProgress', () => {
  const item = { runId: 'lenet_nll_softmax', length: 'short', state: 'running' } as const;
  const queue: QueueState = { phase: 'running', items: [item] };
  const config = configOf(item);
  if (config === null) throw new Error('The report has no such run.');
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
