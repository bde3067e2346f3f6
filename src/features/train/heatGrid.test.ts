import { expect, it } from 'vitest';
import { readRecord } from '../../../scripts/doctor/recordFile.ts';
import { heatGrid, heatPosition } from './heatGrid';
import { layerQuantities } from '@/model/layerQuantities';

const quantity = (id: string) => {
  const found = layerQuantities.find((one) => one.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};

it('spaces a run evenly in steps, each column the last measurement before it', () => {
  const { statistics } = readRecord('healthy_lenet');
  const update = quantity('update/ratio');
  const grid = heatGrid(statistics, update);
  expect(grid.layers).toEqual(['conv1.0', 'conv2.0', 'fc1.0', 'fc2.0', 'fc3']);
  expect(grid.steps).toHaveLength(240);
  expect(grid.steps[0]).toBe(0);
  expect(grid.steps.at(-1)).toBe(1850);
  // Column 120 of 0..239 stands for step 929: measured every 50 steps by then.
  expect(grid.steps[120]).toBe(900);
  const positions = grid.values.flat().map((value) => heatPosition(value, grid, update) ?? -1);
  expect(Math.min(...positions)).toBeCloseTo(0, 9);
  expect(Math.max(...positions)).toBeCloseTo(1, 9);
  expect(heatGrid([], update).values).toEqual([]);
});

it('leaves out what is not finite, and shows zeros as the least', () => {
  const { statistics } = readRecord('lenet_dead_relus');
  const gradient = quantity('gradient/std');
  const grid = heatGrid(statistics, gradient);
  expect(grid.low).toBeGreaterThan(0);
  expect(heatPosition(0, grid, gradient)).toBe(0);
  expect(heatPosition(NaN, grid, gradient)).toBeNull();
});

it('puts a mean of 0 in the middle of the colours', () => {
  const { statistics } = readRecord('healthy_lenet');
  const mean = quantity('input/mean');
  const grid = heatGrid(statistics, mean);
  expect(grid.low).toBe(-grid.high);
  expect(heatPosition(0, grid, mean)).toBe(0.5);
  const positions = grid.values.flat().map((value) => heatPosition(value, grid, mean) ?? -1);
  expect(Math.min(...positions)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...positions)).toBe(1);
});
