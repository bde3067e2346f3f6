import { expect, test } from 'vitest';
import { defaultConfig } from '@/model/presets';
import { canBeKept, capacityOf, KeepingSchedule } from './keepingSchedule';

const config = defaultConfig('lenet');

test('keeps as often as the budget has room, and every five seconds of training at least', () => {
  const capacity = capacityOf(config, 1e6);
  expect(capacity).toBe(4);
  const schedule = new KeepingSchedule(config, 1e6);
  schedule.trained(240);
  expect(schedule.isDue(100, false)).toBe(false);
  schedule.trained(10);
  expect(schedule.isDue(100, false)).toBe(true);
  schedule.kept(100, 0);
  schedule.trained(250);
  // A quarter of the way so far.
  expect([schedule.isDue(130, false), schedule.isDue(134, false)]).toEqual([false, true]);
  schedule.trained(4750);
  expect(schedule.isDue(101, false)).toBe(true);
});

test('keeps the end of an epoch sooner, and everything more rarely where reading takes long', () => {
  const schedule = new KeepingSchedule(config);
  schedule.trained(1);
  expect([schedule.isDue(1, false), schedule.isDue(1, true)]).toEqual([false, true]);
  // 400 ms for a reading are 1 % of 40 s.
  schedule.kept(1, 400);
  schedule.trained(39_900);
  expect([schedule.isDue(900, false), schedule.isDue(900, true)]).toEqual([false, false]);
  schedule.trained(100);
  expect([schedule.isDue(900, false), schedule.isDue(900, true)]).toEqual([true, true]);
});

test('keeps all networks but the one of half a gigabyte', () => {
  const kept = (['mynn', 'lenet', 'resnet', 'vgg2', 'resnet18', 'vgg16'] as const).filter((id) =>
    canBeKept(defaultConfig(id)),
  );
  expect(kept).toEqual(['mynn', 'lenet', 'resnet', 'vgg2', 'resnet18']);
  const adam = { kind: 'Adam', beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 } as const;
  expect(canBeKept({ ...defaultConfig('resnet18'), optimizer: adam })).toBe(true);
});
