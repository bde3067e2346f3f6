import { describe, expect, it } from 'vitest';
import { countClasses } from '@/model/classCounts';
import { defaultConfig } from '@/model/presets';
import { drawnFromSeed } from '@/model/weightsOrigin';
import type { RunStatus } from '@/protocol/messages';
import { reduceEvent } from './reduceEvent';
import { createSession } from './session';
import type { SessionState } from './sessionState';
import type { SessionEvent } from './trainerClient';

const status: RunStatus = {
  phase: 'training',
  testedImages: null,
  step: 20,
  origin: drawnFromSeed,
  epoch: 0,
  totalSteps: 9380,
  stepsPerEpoch: 938,
  trainingImages: 60_000,
  imagesPerSecond: 1000,
  secondsLeft: 600,
  firstStepMilliseconds: 80,
};
const idle: SessionState = createSession().store.getState();
const running: SessionState = {
  ...idle,
  run: { ...status, runId: 'new', config: defaultConfig('lenet'), error: null, firstStep: 0, keptStep: 0 },
};
const evaluated = (runId: string, step: number): SessionEvent => ({
  type: 'evaluated',
  runId,
  step,
  epoch: step / 938,
  extent: 'quick',
  loss: 0.5,
  sumOfBatchMeans: 8,
  accuracy: 0.9,
  count: 1000,
  classes: countClasses(new Uint8Array(1000), new Uint8Array(1000)),
});
const error = { code: 'device', message: 'The GPU device was lost.', subject: null } as const;

describe('reduceEvent', () => {
  it('drops every event of a run that was replaced', () => {
    const none = new Float32Array(1);
    const stale: SessionEvent[] = [
      { type: 'runStatus', runId: 'old', status: { ...status, step: 999 } },
      {
        type: 'metrics',
        runId: 'old',
        seconds: 0,
        firstStep: 0,
        loss: none,
        accuracy: none,
        learningRate: none,
      },
      evaluated('old', 10),
      { type: 'runFailed', runId: 'old', error },
    ];
    for (const event of stale) {
      expect(reduceEvent(running, event)).toBe(running);
      expect(reduceEvent(idle, event)).toBe(idle);
    }
  });

  it('follows the status of its run and counts metrics', () => {
    const none = new Float32Array(1);
    const metrics = { firstStep: 20, loss: none, accuracy: none, learningRate: none };
    let state = reduceEvent(running, { type: 'metrics', runId: 'new', seconds: 0, ...metrics });
    state = reduceEvent(state, { type: 'runStatus', runId: 'new', status: { ...status, step: 21 } });
    expect(state.metricsVersion).toBe(running.metricsVersion + 1);
    expect(state.run).toMatchObject({ runId: 'new', step: 21, phase: 'training' });
    expect(state.run?.config).toBe(running.run?.config);
  });

  it('follows the curvature, forgets what came after a step that it goes back to, and says why it ended', () => {
    const point = (step: number) => ({
      step,
      eigenvalue: step / 10,
      stable: 40,
      iterations: 5,
      isConverged: true,
      milliseconds: 8,
    });
    const measuring: SessionState = {
      ...running,
      curvature: { settings: { interval: 10, images: 64 }, points: [], error: null },
    };
    const measured = [10, 20].reduce(
      (state, step) => reduceEvent(state, { type: 'curvature', runId: 'new', point: point(step) }),
      measuring,
    );
    expect(measured.curvature.points).toEqual([point(10), point(20)]);
    const back = reduceEvent(measured, { type: 'runStatus', runId: 'new', status: { ...status, step: 15 } });
    expect(back.curvature.points).toEqual([point(10)]);
    const ended = reduceEvent(back, { type: 'curvatureFailed', runId: 'new', error });
    expect(ended.curvature).toEqual({ settings: null, points: [point(10)], error });
  });

  it('keeps a failed run with its error until it goes on, then from where it goes on', () => {
    let state = reduceEvent(running, evaluated('new', 5));
    state = reduceEvent(state, evaluated('new', 15));
    state = reduceEvent(state, { type: 'runFailed', runId: 'new', error });
    expect(state.run).toMatchObject({ phase: 'failed', error, step: 20 });
    const back = { ...status, phase: 'paused', step: 10 } as const;
    state = reduceEvent(state, { type: 'runStatus', runId: 'new', status: back });
    expect(state.run).toMatchObject({ phase: 'paused', error: null, step: 10 });
    expect(state.evaluations.map(({ step }) => step)).toEqual([5]);
  });

  it('tells how far the data is, keeps that on a failure, and clears the failure on a retry', () => {
    const progress = {
      type: 'dataProgress',
      loadedBytes: 5,
      totalBytes: 10,
      trainingImages: 10_000,
      testImages: 0,
      fromCache: false,
    } as const;
    const failure = { code: 'data_fetch', message: 'No answer.', subject: 'train-1.png' } as const;
    let state = reduceEvent(idle, progress);
    expect(state.data).toMatchObject({ kind: 'loading', trainingImages: 10_000 });
    state = reduceEvent(state, { type: 'dataFailed', error: failure });
    expect(state.data).toMatchObject({ kind: 'failed', error: failure, trainingImages: 10_000 });
    state = reduceEvent(state, progress);
    expect(state.data).toMatchObject({ kind: 'loading', error: null });
    state = reduceEvent(state, { type: 'dataReady' });
    expect(state.data).toMatchObject({ kind: 'ready', error: null });
  });
});
