import { expect, it } from 'vitest';
import { defaultConfig } from '@/model/presets';
import { drawnFromSeed } from '@/model/weightsOrigin';
import { createSession } from './session';
import type { SessionState } from './sessionState';
import { startObstacle } from './startObstacle';

const draft = defaultConfig('lenet');
const idle: SessionState = { ...createSession().store.getState(), worker: 'running', draft };
const need = { kind: 'heap' as const, bytes: 5e9, allowed: 4e9, largestBatch: 32 };

it('is none for settings that can be trained, also where the worker only takes its time', () => {
  expect(startObstacle(idle)).toBeNull();
  for (const worker of ['late', 'silent'] as const) expect(startObstacle({ ...idle, worker })).toBeNull();
  for (const worker of ['stopped', 'crashed'] as const)
    expect(startObstacle({ ...idle, worker })).toBe('no_worker');
});

it('is a draft that cannot be trained, or that the memory does not hold', () => {
  expect(startObstacle(idle, { ...draft, batchSize: 0 })).toBe('invalid');
  const asked = { ...idle, memoryNeed: { config: draft, need } };
  expect(startObstacle(asked)).toBe('memory');
  expect(startObstacle(asked, { ...draft, batchSize: 32 }), 'nothing is known of it').toBeNull();
  expect(startObstacle({ ...idle, memoryNeed: { config: draft, need: { ...need, bytes: 1 } } })).toBeNull();
  expect(startObstacle({ ...idle, memoryNeed: { config: draft, need: null } })).toBeNull();
});

it('is an engine that could not build this network', () => {
  const failed = (code: 'limits' | 'internal', step: number): SessionState => ({
    ...idle,
    run: {
      runId: 'a',
      config: draft,
      phase: 'failed',
      testedImages: null,
      step,
      origin: drawnFromSeed,
      epoch: 0,
      totalSteps: 10,
      stepsPerEpoch: 5,
      trainingImages: 0,
      imagesPerSecond: null,
      secondsLeft: null,
      firstStepMilliseconds: null,
      error: { code, message: 'No.', subject: null },
      firstStep: 0,
      keptStep: 0,
    },
  });
  expect(startObstacle(failed('limits', 0))).toBe('not_built');
  expect(startObstacle(failed('internal', 0))).toBeNull();
  expect(startObstacle(failed('limits', 3))).toBeNull();
  expect(startObstacle(failed('limits', 0), { ...draft, batchSize: 32 })).toBeNull();
});
