import { describe, expect, it } from 'vitest';
import { QuickTestSchedule } from './testSchedule';

/** Quick tests in one epoch, and the share of time that those after the first cost, which alone is estimated. */
function simulate(steps: number, stepMilliseconds: number, testMilliseconds: number) {
  const schedule = new QuickTestSchedule();
  let tests = 0;
  for (let step = 1; step <= steps; step += 1) {
    schedule.trained(1, stepMilliseconds);
    if (schedule.isDue(64, steps - step)) {
      tests += 1;
      schedule.tested(testMilliseconds);
    }
  }
  return { tests, share: ((tests - 1) * testMilliseconds) / (steps * stepMilliseconds) };
}

describe('QuickTestSchedule', () => {
  it('tests several times an epoch where a test is cheap', () => {
    const { tests, share } = simulate(938, 40, 150);
    expect(tests).toBeGreaterThanOrEqual(5);
    expect(share).toBeLessThan(0.05);
  });

  it('costs less than 5 % for any speed', () => {
    for (const step of [0.3, 3, 30, 300, 3000]) {
      for (const test of [2, 20, 200, 2000]) {
        const { share, tests } = simulate(20_000, step, test);
        expect(share, `${step} ms a step, ${test} ms a test, ${tests} tests`).toBeLessThan(0.05);
      }
    }
  });

  it('does not test right before the full test', () => {
    const schedule = new QuickTestSchedule();
    schedule.trained(500, 500_000);
    expect(schedule.isDue(64, 49)).toBe(false);
    expect(schedule.isDue(64, 50)).toBe(true);
  });
});
