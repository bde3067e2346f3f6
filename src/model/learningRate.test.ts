import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import {
  afterTests,
  followsSchedule,
  learningRateAt,
  scheduleFactor,
  totalSteps,
  type ScheduledConfig,
} from '@/model/learningRate';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { defaultSchedule, reducedRate, type ScheduleSpec } from '@/model/schedules';

interface Case extends ScheduledConfig {
  readonly rates: readonly number[];
}

const path = new URL('../../fixtures/pytorch/schedules.json', import.meta.url);
interface PlateauCase {
  readonly learningRate: number;
  readonly schedule: ScheduleSpec<'plateau'>;
  /** After each test. */
  readonly rates: readonly number[];
}
const { cases, plateaus, testLosses } = JSON.parse(readFileSync(path, 'utf8')) as {
  readonly cases: readonly Case[];
  readonly plateaus: readonly PlateauCase[];
  readonly testLosses: readonly (number | string)[];
};

describe('learningRateAt against PyTorch 1.13', () => {
  it.each(cases.map((item) => [`${item.schedule.kind}, warm-up ${item.warmupSteps}`, item] as const))(
    '%s',
    (_, item) => {
      expect(totalSteps(item)).toBe(item.rates.length);
      item.rates.forEach((rate, step) => {
        // PyTorch's recursive cosine drifts by a few float64 roundings; 1e-6 is far below any effect on training.
        const error = Math.abs(learningRateAt(item, step) - rate);
        expect(error, `step ${step}`).toBeLessThanOrEqual(1e-6 * Math.abs(rate));
      });
    },
  );
});

test.each(plateaus)('ReduceLROnPlateau of PyTorch 1.13, $schedule', ({ learningRate, schedule, rates }) => {
  const losses = testLosses.map(Number);
  const found = losses.map((_, i) => reducedRate(schedule, learningRate, losses.slice(0, i + 1)));
  // The same float64 operations in the same order.
  expect(found).toEqual(rates);
});

const base: ScheduledConfig = {
  learningRate: 0.1,
  schedule: { kind: 'constant' },
  warmupSteps: 0,
  epochs: 2,
  batchSize: 64,
  trainingImages: 640,
  dropLast: false,
};
const oneCycle = { kind: 'one_cycle', pctStart: 0.5, divFactor: 4, finalDivFactor: 8 } as const;

describe('schedules', () => {
  it('multiply the warm-up with schedules that PyTorch cannot chain', () => {
    const plain = { ...base, schedule: oneCycle };
    const warm = { ...plain, warmupSteps: 5 };
    const ratios = [0, 1, 2, 3, 4, 5].map((step) => learningRateAt(warm, step) / learningRateAt(plain, step));
    [0.2, 0.4, 0.6, 0.8, 1, 1].forEach((ratio, step) => expect(ratios[step]).toBeCloseTo(ratio, 12));
  });

  it('follow a learning rate that was changed in flight', () => {
    const changed = { ...base, learningRate: 0.3, schedule: oneCycle };
    expect(learningRateAt(changed, 7)).toBeCloseTo(
      0.3 * scheduleFactor({ ...base, schedule: oneCycle }, 7),
      12,
    );
  });

  it('are finite where PyTorch divides by zero, and beyond the end', () => {
    const peakAtOnce = { ...base, schedule: { ...oneCycle, pctStart: 1 / 20 } };
    expect(learningRateAt(peakAtOnce, 0)).toBeCloseTo(0.1, 12);
    expect(learningRateAt({ ...base, schedule: oneCycle }, 1000)).toBeCloseTo(0.1 / 32, 12);
    expect(
      learningRateAt({ ...base, schedule: { kind: 'cosine', minLearningRate: 0.01 } }, 1000),
    ).toBeCloseTo(0.01, 12);
    expect(
      learningRateAt({ ...base, learningRate: 0, schedule: { kind: 'cosine', minLearningRate: 0.01 } }, 3),
    ).toBe(0);
  });

  it('are told from rates that a person set', () => {
    const config: RunConfig = {
      ...defaultConfig('lenet'),
      learningRate: 0.1,
      schedule: { ...defaultSchedule('plateau'), patience: 0 },
      batchSize: 1,
      trainingImages: 2,
      epochs: 3,
    };
    const reduced = Float32Array.of(0.1, 0.1, 0.1, 0.1, 0.01, 0.01);
    expect(followsSchedule(config, [1, 2, 3], 0, reduced)).toBe(true);
    expect(followsSchedule(config, [1, 2, 3], 3, reduced.subarray(3))).toBe(true);
    expect(followsSchedule(config, [3, 2, 1], 0, reduced)).toBe(false);
  });

  it('do not hang on the last bits of a test, which come of how it was cut into pieces', () => {
    const config: RunConfig = {
      ...defaultConfig('lenet'),
      learningRate: 0.1,
      schedule: { ...defaultSchedule('plateau'), patience: 0, threshold: 0 },
    };
    const rateAfter = (...losses: number[]): number => afterTests(config, losses, Infinity).learningRate;
    expect(rateAfter(0.1 + 0.2, 0.3)).toBe(rateAfter(0.3, 0.3));
  });
});
