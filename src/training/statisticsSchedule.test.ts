import { expect, it } from 'vitest';
import { StatisticsSchedule } from './statisticsSchedule';

it('looks at the first steps closely, later seldom, and closely again while the loss runs away', () => {
  const schedule = new StatisticsSchedule();
  const taken = (from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_, i) => from + i).filter(
      (step) => step % (schedule.interval(step, 'auto') ?? Infinity) === 0,
    );
  expect(taken(0, 40)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30]);
  expect(taken(90, 260)).toEqual([90, 100, 150, 200, 250]);
  schedule.lossesRead(Float32Array.of(2.3, 2.2));
  expect(taken(260, 310)).toEqual([300]);
  schedule.lossesRead(Float32Array.of(-900));
  expect(taken(310, 315)).toEqual([310, 311, 312, 313, 314]);
  // An unbounded loss stays large: this must not go on for ever.
  expect(taken(315, 1015)).toHaveLength(95 + 600 / 50);
});

it('keeps to an interval that was chosen, whatever the loss does', () => {
  const schedule = new StatisticsSchedule();
  schedule.lossesRead(Float32Array.of(2, -1e6));
  expect([0, 7, 5000].map((step) => schedule.interval(step, 100))).toEqual([100, 100, 100]);
  expect(schedule.interval(0, 'never')).toBeNull();
});
