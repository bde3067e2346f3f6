import { expect, it } from 'vitest';
import type { StepStatistics, TensorStatistics } from '@/model/layerStatistics';
import { StatisticsLog } from './statisticsLog';

const tensor = (nonFinite: number): TensorStatistics => ({
  mean: 0,
  std: 1,
  maxAbs: 2,
  zeroShare: 0,
  nonFinite,
});
const at = (step: number, nonFinite = 0): StepStatistics => ({
  step,
  layers: [
    {
      name: 'fc',
      weight: tensor(0),
      gradient: tensor(nonFinite),
      input: tensor(0),
      deadShare: 0,
      updateRatio: 0.1,
    },
  ],
  running: [],
});
const stepsOf = (log: StatisticsLog): number[] => log.steps.map(({ step }) => step);

it('goes back with the run', () => {
  const log = new StatisticsLog();
  log.append([at(0), at(50)]);
  log.append([at(100)]);
  log.append([at(50), at(150)]);
  expect(stepsOf(log)).toEqual([0, 50, 150]);
});

it('stays small over a long run, and keeps where the first infinity appeared', () => {
  const log = new StatisticsLog();
  for (let i = 0; i < 5000; i += 1) log.append([at(50 * i, i >= 77 ? 1 : 0)]);
  expect(log.steps.length).toBeLessThanOrEqual(320);
  expect(stepsOf(log)).toContain(50 * 77);
  expect(stepsOf(log)[0]).toBe(0);
  expect(stepsOf(log).at(-1)).toBe(50 * 4999);
  expect(stepsOf(log)).toEqual(stepsOf(log).toSorted((a, b) => a - b));
});
