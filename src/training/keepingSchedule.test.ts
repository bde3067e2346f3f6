import { expect, test } from 'vitest';
import { defaultConfig } from '@/model/presets';
import { canBeKept, KeepingSchedule } from './keepingSchedule';

test('keeps every five seconds of training, or more rarely where reading takes long', () => {
  const schedule = new KeepingSchedule();
  schedule.trained(4900);
  expect(schedule.isDue).toBe(false);
  schedule.trained(100);
  expect(schedule.isDue).toBe(true);
  // 400 ms for a reading are 2 % of 20 s.
  schedule.kept(400);
  schedule.trained(19_900);
  expect(schedule.isDue).toBe(false);
  schedule.trained(100);
  expect(schedule.isDue).toBe(true);
});

test('keeps all networks but the one of half a gigabyte', () => {
  const kept = (['mynn', 'lenet', 'resnet', 'vgg2', 'resnet18', 'vgg16'] as const).filter((id) =>
    canBeKept(defaultConfig(id)),
  );
  expect(kept).toEqual(['mynn', 'lenet', 'resnet', 'vgg2', 'resnet18']);
  const adam = { kind: 'Adam', beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 } as const;
  expect(canBeKept({ ...defaultConfig('resnet18'), optimizer: adam })).toBe(true);
});
