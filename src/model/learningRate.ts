/**
 * Learning rates over a run: schedule and warm-up in closed form, so that a resumed run or another engine needs no history. Steps
 * count from 0; everything depends on the step alone.
 */
import { stepsPerEpoch, type BatchConfig, type RunConfig } from '@/model/runConfig';
import { factorOf, reducedRate } from '@/model/schedules';

export type ScheduledConfig = BatchConfig &
  Pick<RunConfig, 'learningRate' | 'schedule' | 'warmupSteps' | 'epochs'>;

/** Steps of the whole run. */
export function totalSteps(config: BatchConfig & Pick<RunConfig, 'epochs'>): number {
  return config.epochs * stepsPerEpoch(config);
}

/**
 * What the base learning rate is multiplied with at this step: schedule times warm-up. The warm-up is
 * LinearLR(start_factor = 1/n, total_iters = n - 1), which is (step + 1)/n up to 1: with a factor 0 the first batch would be wasted.
 */
export function scheduleFactor(config: ScheduledConfig, step: number): number {
  const { warmupSteps, learningRate, schedule } = config;
  const warmup = step + 1 < warmupSteps ? (step + 1) / warmupSteps : 1;
  const moment = {
    step,
    total: totalSteps(config),
    stepsPerEpoch: stepsPerEpoch(config),
    learningRate,
  };
  return warmup * factorOf(schedule, moment);
}

/** The learning rate of step `step` (0 is the first). Pass a config with another learningRate to change it in flight. */
export function learningRateAt(config: ScheduledConfig, step: number): number {
  return config.learningRate * scheduleFactor(config, step);
}

/** With the base learning rate that step `step` has after the full tests of the epochs before it; an engine knows no tests. */
export function afterTests(config: RunConfig, testLosses: readonly number[], step: number): RunConfig {
  const { schedule, learningRate } = config;
  // A test is summed in pieces whose sizes follow the clock, so its last bits of float64 do too: one seed is one run without them.
  const losses = testLosses.slice(0, Math.floor(step / stepsPerEpoch(config))).map(Math.fround);
  return { ...config, learningRate: reducedRate(schedule, learningRate, losses) };
}

/** Whether the rates of the steps from `firstStep` on are those that the run's schedule gives; a person can change them in flight. */
export function followsSchedule(
  config: RunConfig,
  testLosses: readonly number[],
  firstStep: number,
  rates: Float32Array,
): boolean {
  return rates.every((rate, i) => {
    const step = firstStep + i;
    return rate === Math.fround(learningRateAt(afterTests(config, testLosses, step), step));
  });
}
