import { expect, it } from 'vitest';
import { TrainingClock } from '@/features/train/trainingClock';

const run = (change: object) => ({
  runId: 'a',
  phase: 'training' as const,
  step: 1,
  testedImages: null,
  firstStepMilliseconds: 5,
  ...change,
});

it('counts training alone: no compiling, no tests, no pauses', () => {
  const clock = new TrainingClock();
  clock.observe(null, 0);
  clock.observe(run({ step: 0, firstStepMilliseconds: null }), 1000);
  expect(clock.seconds(3000)).toBe(0);
  clock.observe(run({}), 4000);
  clock.observe(run({ step: 7 }), 5000);
  expect(clock.seconds(5500)).toBe(1.5);
  clock.observe(run({ testedImages: 0 }), 6000);
  expect(clock.seconds(9000)).toBe(2);
  clock.observe(run({}), 10_000);
  clock.observe(run({ phase: 'paused' }), 10_500);
  expect(clock.seconds(99_000)).toBe(2.5);
});

it('begins anew with another run', () => {
  const clock = new TrainingClock();
  clock.observe(run({}), 0);
  clock.observe(run({ runId: 'b' }), 1000);
  expect(clock.seconds(1500)).toBe(0.5);
});
