import { expect, it } from 'vitest';
import { defaultConfig } from '@/model/presets';
import { configAt, nextChange, type RunEvent } from '@/model/runEvents';

const config = { ...defaultConfig('lenet'), learningRate: 1, epochs: 2 };
const events: readonly RunEvent[] = [
  { kind: 'learningRate', step: 5, learningRate: 2 },
  { kind: 'epochs', step: 5, epochs: 3 },
  { kind: 'learningRate', step: 9, learningRate: 4 },
];

it('tells the settings of any step, and where they change next', () => {
  const at = (step: number): readonly number[] => {
    const { learningRate, epochs } = configAt(config, events, step);
    return [learningRate, epochs, nextChange(events, step)];
  };
  expect([0, 4, 5, 8, 9].map(at)).toEqual([
    [1, 2, 5],
    [1, 2, 5],
    [2, 3, 9],
    [2, 3, 9],
    [4, 3, Infinity],
  ]);
});
