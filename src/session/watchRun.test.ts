import { afterEach, expect, it, vi } from 'vitest';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { drawnFromSeed } from '@/model/weightsOrigin';
import { createSession, type Session } from './session';

afterEach(() => {
  vi.useRealTimers();
});

function begin(session: Session, runId: string, config: RunConfig): void {
  session.metrics.clear();
  session.store.setState({
    run: {
      runId,
      config,
      phase: 'training',
      testedImages: null,
      step: 0,
      origin: drawnFromSeed,
      epoch: 0,
      totalSteps: 938,
      stepsPerEpoch: 938,
      trainingImages: 60_000,
      imagesPerSecond: null,
      secondsLeft: null,
      firstStepMilliseconds: null,
      error: null,
      firstStep: 0,
      keptStep: 0,
    },
  });
}

function measure(session: Session, loss: readonly number[]): void {
  const values = Float32Array.from(loss);
  session.metrics.append({
    firstStep: session.metrics.count,
    loss: values,
    accuracy: values,
    learningRate: values,
  });
  session.store.setState(({ metricsVersion }) => ({ metricsVersion: metricsVersion + 1 }));
}

it('finds a fault a moment after it was measured, and forgets it with the run', async () => {
  vi.useFakeTimers();
  const session = createSession();
  const found = (): string[] => session.store.getState().diagnoses.map(({ id }) => id);
  begin(session, 'broken', { ...defaultConfig('lenet'), loss: { kind: 'nll_logits' } });
  measure(session, [0.02, 0.01]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(found()).toEqual([]);
  measure(session, [-0.1]);
  await vi.advanceTimersByTimeAsync(3000);
  expect(found()).toEqual(['unbounded_loss']);
  begin(session, 'mended', defaultConfig('lenet'));
  expect(found()).toEqual([]);
  measure(session, [2.3]);
  await vi.advanceTimersByTimeAsync(3000);
  expect(found()).toEqual([]);
});
