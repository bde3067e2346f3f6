import { expect, test } from 'vitest';
import type { BackendInfo } from '@/model/backend';
import { EngineError } from '@/engine/engine';
import { checkLimits, heapNeed } from '@/engine/tfjs/limits';
import { runConfig } from '@/engine/testing/testRuns';
import { mynn, vgg16 } from '@/model/architectures';
import type { RunConfig } from '@/model/runConfig';

const gpu: Pick<BackendInfo, 'backend' | 'limits'> = {
  backend: 'webgpu',
  limits: { maxBufferSize: 2 ** 30, maxStorageBufferBindingSize: 128 * 2 ** 20 },
};
const wasm: Pick<BackendInfo, 'backend' | 'limits'> = {
  backend: 'wasm',
  limits: { maxBufferSize: null, maxStorageBufferBindingSize: null },
};
const large = (batchSize: number): RunConfig =>
  runConfig(vgg16, { batchSize, input: { augment: null, resize: 64, normalize: null } });

function problem(config: RunConfig, info: typeof gpu): string {
  try {
    checkLimits(config, info);
  } catch (error) {
    if (error instanceof EngineError && error.code === 'limits') return error.message;
    throw error;
  }
  return '';
}

test('VGG-16 on 128 MiB bindings: its first Linear is named, with its bytes and the limit', () => {
  const message = problem(large(8), gpu);
  expect(message).toContain('classifier.0.weight');
  expect(message).toContain(String(25088 * 4096 * 4));
  expect(message).toContain('134217728 (maxStorageBufferBindingSize)');
});

test('a batch that is too large: the activation and the batch size that fits are named', () => {
  const message = problem(runConfig(mynn, { batchSize: 6000 }), gpu);
  expect(message).toContain('the output of conv1');
  expect(message).toContain(String(6000 * 24 * 24 * 10 * 4));
  expect(message).toContain(`at most ${Math.floor(2 ** 27 / (24 * 24 * 10 * 4))}`);
});

test('what cannot fit the heap of WebAssembly is refused before it aborts', () => {
  expect(problem(large(8), wasm)).toBe('');
  expect(problem(large(1000), wasm)).toContain('smaller batch size');
});

test('by the same rule as the page tells before', () => {
  const need = heapNeed(large(1000), wasm);
  expect(need?.bytes).toBeGreaterThan(need?.allowed ?? 0);
  expect(problem(large(need?.largestBatch ?? 0), wasm)).toBe('');
  expect(heapNeed(large(1000), gpu)).toBeNull();
});

test('what fits passes', () => {
  expect(problem(runConfig(mynn), gpu)).toBe('');
});
