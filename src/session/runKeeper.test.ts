import { expect, it } from 'vitest';
import { defaultConfig } from '@/model/presets';
import { drawnFromSeed } from '@/model/weightsOrigin';
import type { EvaluationPoint } from '@/model/testFigures';
import type { RunPhase } from '@/protocol/messages';
import { RunKeeper } from './runKeeper';
import type { RunState } from './sessionState';

const config = defaultConfig('lenet');
const run = (phase: RunPhase): RunState => ({
  runId: 'a',
  config,
  phase,
  testedImages: null,
  step: 960,
  firstStep: 0,
  keptStep: 938,
  origin: drawnFromSeed,
  epoch: 1,
  totalSteps: 9380,
  stepsPerEpoch: 938,
  trainingImages: 60_000,
  imagesPerSecond: 1000,
  secondsLeft: 600,
  firstStepMilliseconds: 80,
  error: null,
});
const state = (step: number) => ({ step, parameters: new Map(), optimizer: {} });
const kept = (runId: string, step: number) => ({ type: 'runKept', runId, step, state: state(step) }) as const;
const tested = { extent: 'full', step: 938 } as EvaluationPoint;

function keeperOf(): RunKeeper {
  const keeper = new RunKeeper();
  keeper.sent({ type: 'prepare', runId: 'a', config, weights: 'seed' });
  keeper.sent({ type: 'train', runId: 'a', until: 'epoch' });
  return keeper;
}

it('goes on from the last state of this run, as far as it was to train', () => {
  const keeper = keeperOf();
  expect(keeper.resumption(run('training'), [])).toMatchObject({ kept: { state: null }, until: 'epoch' });
  keeper.heard(kept('a', 500));
  keeper.heard(kept('another', 900));
  const { kept: goesOn, until } = keeper.resumption(run('training'), []);
  expect(goesOn).toMatchObject({ state: { step: 500 }, fullTestDue: false, isOver: false });
  expect(until).toBe('epoch');
});

it('leaves a run that rested or was stopped at rest', () => {
  const keeper = keeperOf();
  expect(keeper.resumption(run('paused'), [])).toMatchObject({ until: null, kept: { isOver: false } });
  expect(keeper.resumption(run('stopped'), [])).toMatchObject({ until: null, kept: { isOver: true } });
});

it('tests the end of an epoch that was not tested, and no other', () => {
  const keeper = keeperOf();
  keeper.heard(kept('a', 938));
  expect(keeper.resumption(run('training'), []).kept.fullTestDue).toBe(true);
  expect(keeper.resumption(run('training'), [tested]).kept.fullTestDue).toBe(false);
});

it('begins with the weights that no seed draws, and forgets them with the run', () => {
  const keeper = keeperOf();
  const initial = { parameters: new Map(), origin: { ...drawnFromSeed, fileName: 'mine.safetensors' } };
  keeper.heard({ type: 'runBegan', runId: 'a', initial });
  keeper.heard(kept('a', 10));
  expect(keeper.resumption(run('paused'), []).kept.initial).toBe(initial);
  keeper.sent({ type: 'prepare', runId: 'b', config, weights: 'seed' });
  expect(keeper.resumption(run('paused'), []).kept).toMatchObject({
    state: null,
    initial: { parameters: null },
  });
});
