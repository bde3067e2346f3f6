import { expect, test } from 'vitest';
import { EngineError } from '@/engine/engine';
import { checkLimits } from '@/engine/tfjs/limits';
import { mynn, vgg16 } from '@/model/architectures';

const binding = { maxBufferSize: 2 ** 30, maxStorageBufferBindingSize: 128 * 2 ** 20 };

function problem(run: () => void): string {
  try {
    run();
  } catch (error) {
    if (error instanceof EngineError && error.code === 'limits') return error.message;
    throw error;
  }
  return '';
}

test('VGG-16 on 128 MiB bindings: its first Linear is named, with its bytes and the limit', () => {
  const message = problem(() => checkLimits(vgg16, [1, 64, 64], 8, binding));
  expect(message).toContain('classifier.0.weight');
  expect(message).toContain(String(25088 * 4096 * 4));
  expect(message).toContain('134217728 (maxStorageBufferBindingSize)');
});

test('a batch that is too large: the activation and a smaller batch size are named', () => {
  const message = problem(() => checkLimits(mynn, [1, 28, 28], 6000, binding));
  expect(message).toContain('activation conv1 for 6000 images');
  expect(message).toContain(String(6000 * 24 * 24 * 10 * 4));
  expect(message).toContain('smaller batch size');
});

test('what fits, and devices without limits, pass', () => {
  expect(problem(() => checkLimits(mynn, [1, 28, 28], 64, binding))).toBe('');
  const none = { maxBufferSize: null, maxStorageBufferBindingSize: null };
  expect(problem(() => checkLimits(vgg16, [1, 64, 64], 64, none))).toBe('');
});
