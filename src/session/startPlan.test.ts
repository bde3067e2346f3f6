import { describe, expect, it } from 'vitest';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { drawnFromSeed, readFrom } from '@/model/weightsOrigin';
import type { RunPhase } from '@/protocol/messages';
import { createSession } from './session';
import type { RunState, SessionState } from './sessionState';
import {
  canChangeEpochs,
  canContinue,
  hasUnsavedWeights,
  losesOnLeaving,
  losesOnReplacing,
  originOf,
  resetPlan,
  startPlan,
  startsFromWeights,
  weightsHeld,
} from './startPlan';

/** 100 steps an epoch. */
const lenet: RunConfig = { ...defaultConfig('lenet'), trainingImages: 6400, epochs: 2 };
const file = readFrom('mine.safetensors', []);
const idle: SessionState = { ...createSession().store.getState(), worker: 'running', draft: lenet };

interface Place {
  readonly phase: RunPhase;
  readonly step?: number;
  readonly origin?: RunState['origin'];
  readonly draft?: RunConfig;
  readonly error?: RunState['error'];
}

/** A session with a run of LeNet at this place. */
function at({ phase, step = 0, origin = drawnFromSeed, draft = lenet, error = null }: Place): SessionState {
  const run: RunState = {
    runId: 'a',
    config: lenet,
    phase,
    testedImages: null,
    step,
    origin,
    epoch: Math.floor(step / 100),
    totalSteps: 200,
    stepsPerEpoch: 100,
    trainingImages: 6400,
    imagesPerSecond: null,
    secondsLeft: null,
    firstStepMilliseconds: null,
    error,
    firstStep: 0,
    keptStep: 0,
  };
  return { ...idle, run, draft };
}
const plan = (place: Place, config = place.draft ?? lenet) => startPlan(at(place), config);
const lost = { code: 'device', message: 'The GPU device was lost.', subject: null } as const;
const broken = { ...lost, code: 'limits' } as const;

describe('startPlan', () => {
  it('uses a prepared run as it is, and draws anew where nothing was loaded or trained', () => {
    expect(startPlan(idle, lenet)).toEqual({ choices: ['seed'], asks: false });
    expect(plan({ phase: 'ready' })).toEqual({ choices: ['continue'], asks: false });
    expect(plan({ phase: 'ready', draft: { ...lenet, seed: 2 } })).toEqual({
      choices: ['seed'],
      asks: false,
    });
    expect(plan({ phase: 'ready', draft: defaultConfig('mynn') })).toEqual({
      choices: ['seed'],
      asks: false,
    });
  });

  it.each([
    ['learning rate', { learningRate: 0.001 }],
    ['loss', { loss: { kind: 'nll_softmax' } }],
    [
      'optimizer',
      { optimizer: { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: false, weightDecay: 0 } },
    ],
    ['batch size', { batchSize: 8 }],
    ['epochs', { epochs: 7 }],
    ['input', { input: { ...lenet.input, normalize: { mean: 0.5, std: 0.5 } } }],
  ] as const)('keeps loaded weights under another %s without a word', (_name, change) => {
    const draft: RunConfig = { ...lenet, ...change };
    expect(plan({ phase: 'ready', origin: file, draft })).toEqual({ choices: ['initial'], asks: false });
    expect(startsFromWeights(at({ phase: 'ready', origin: file, draft }), draft)).toBe(true);
  });

  it('asks where loaded weights would be dropped: another network, or another seed', () => {
    const reseeded = { ...lenet, seed: 2 };
    expect(plan({ phase: 'ready', origin: file, draft: reseeded })).toEqual({
      choices: ['initial', 'seed'],
      asks: true,
    });
    const other = plan({ phase: 'ready', origin: file, draft: defaultConfig('mynn') });
    expect(other).toEqual({ choices: ['seed'], asks: true });
  });

  it('asks before it begins anew with a trained run, and offers all that can be kept', () => {
    expect(plan({ phase: 'finished', step: 200 })).toEqual({ choices: ['current', 'seed'], asks: true });
    const fromFile = { phase: 'finished', step: 200, origin: file } as const;
    expect(plan(fromFile)).toEqual({ choices: ['current', 'initial', 'seed'], asks: true });
    const longer = { ...lenet, epochs: 3 };
    expect(plan({ ...fromFile, draft: longer }).choices).toEqual(['continue', 'current', 'initial', 'seed']);
    expect(plan({ phase: 'training', step: 10, draft: { ...lenet, batchSize: 8 } }).choices).toEqual([
      'current',
      'seed',
    ]);
    const other = defaultConfig('mynn');
    expect(plan({ phase: 'finished', step: 200, draft: other })).toEqual({ choices: ['seed'], asks: true });
  });

  it('replaces what was saved as it stands by another network without a question', () => {
    const state = at({ phase: 'finished', step: 200, draft: defaultConfig('mynn') });
    expect(losesOnLeaving({ ...at({ phase: 'training', step: 30 }), storedRunId: 'a' })).toBe(false);
    expect(losesOnLeaving({ ...at({ phase: 'training', step: 30 }), storedRunId: 'b' })).toBe(true);
    const saved = { runId: 'a', step: 200, fileName: 'lenet-step-200.safetensors' };
    expect(startPlan({ ...state, savedWeights: saved }, state.draft).asks).toBe(false);
    expect(startPlan({ ...state, savedWeights: { ...saved, step: 100 } }, state.draft).asks).toBe(true);
  });

  it('gives its place to another run without a question where a storage has it as it stands', () => {
    const state = at({ phase: 'finished', step: 200 });
    const kept = (step: number, storedRunId: string | null): SessionState => ({
      ...state,
      storedRunId,
      run: state.run === null ? null : { ...state.run, keptStep: step },
    });
    expect([losesOnReplacing(kept(200, 'a')), losesOnReplacing(kept(150, 'a'))]).toEqual([false, true]);
    expect([losesOnReplacing(kept(200, 'b')), losesOnReplacing(at({ phase: 'ready' }))]).toEqual([
      true,
      false,
    ]);
  });

  it('goes back to loaded weights after a failure, which leaves only them', () => {
    const failed = { phase: 'failed', step: 30, error: broken } as const;
    expect(plan(failed)).toEqual({ choices: ['seed'], asks: false });
    expect(plan({ ...failed, origin: file, draft: { ...lenet, batchSize: 8 } })).toEqual({
      choices: ['initial'],
      asks: false,
    });
    expect(weightsHeld(at({ ...failed, origin: file }))).toEqual(file);
    // A lost device leaves the state of the last epoch, for another one to take over.
    expect(plan({ phase: 'failed', step: 130, error: lost }).choices).toEqual([
      'continue',
      'current',
      'seed',
    ]);
  });
});

describe('resetPlan', () => {
  it('asks where weights would be dropped, and offers the loaded ones where they were trained since', () => {
    expect(resetPlan(at({ phase: 'ready' }))).toEqual({ choices: ['seed'], asks: false });
    expect(resetPlan(at({ phase: 'ready', origin: file }))).toEqual({ choices: ['seed'], asks: true });
    expect(resetPlan(at({ phase: 'paused', step: 1 }))).toEqual({ choices: ['seed'], asks: true });
    expect(resetPlan(at({ phase: 'paused', step: 1, origin: file })).choices).toEqual(['initial', 'seed']);
  });
});

describe('what a person could lose', () => {
  it('is what was loaded or trained, and a run under way', () => {
    expect(losesOnLeaving(idle)).toBe(false);
    expect(losesOnLeaving(at({ phase: 'ready' }))).toBe(false);
    expect(losesOnLeaving(at({ phase: 'training' }))).toBe(true);
    expect(losesOnLeaving(at({ phase: 'paused', step: 3 }))).toBe(true);
    expect(losesOnLeaving(at({ phase: 'finished', step: 200 }))).toBe(true);
    expect(losesOnLeaving(at({ phase: 'ready', origin: file }))).toBe(true);
    expect(losesOnLeaving({ ...at({ phase: 'failed', step: 200, error: broken }), worker: 'crashed' })).toBe(
      false,
    );
    const saved = { runId: 'a', step: 200, fileName: 'x' };
    expect(losesOnLeaving({ ...at({ phase: 'finished', step: 200 }), savedWeights: saved })).toBe(false);
    expect(hasUnsavedWeights({ ...at({ phase: 'training', step: 201 }), savedWeights: saved })).toBe(true);
  });
});

describe('a worker that does not answer', () => {
  it.each(['late', 'silent'] as const)('is %s: what it trained is there, and is asked about', (worker) => {
    const state: SessionState = { ...at({ phase: 'training', step: 30, origin: file }), worker };
    expect(weightsHeld(state)).toEqual({ ...file, steps: 30 });
    expect(losesOnLeaving(state)).toBe(true);
    expect(resetPlan(state).asks).toBe(true);
  });

  it('has crashed: what the page keeps of its run can be restored, and is asked about', () => {
    const state = at({ phase: 'failed', step: 130, error: { ...lost, code: 'internal' } });
    const crashed = (keptStep: number): SessionState => ({
      ...state,
      worker: 'crashed',
      run: state.run === null ? null : { ...state.run, keptStep },
    });
    expect(weightsHeld(crashed(100))).toEqual({ ...drawnFromSeed, steps: 100 });
    expect(losesOnLeaving(crashed(100))).toBe(true);
    expect(losesOnLeaving(crashed(0))).toBe(false);
  });
});

describe('a run that has ended', () => {
  it('can go on where it has more epochs, or where it was stopped', () => {
    expect(canContinue(at({ phase: 'finished', step: 200 }))).toBe(false);
    const longer = { ...lenet, epochs: 3, learningRate: 0.001 };
    expect(canContinue(at({ phase: 'finished', step: 200, draft: longer }))).toBe(true);
    expect(canContinue(at({ phase: 'finished', step: 200, draft: { ...longer, batchSize: 8 } }))).toBe(false);
    expect(canContinue(at({ phase: 'finished', step: 200, draft: { ...longer, seed: 2 } }))).toBe(false);
    expect(canContinue(at({ phase: 'stopped', step: 120 }))).toBe(true);
  });

  it('is made longer or shorter on the way, but not shorter than it is', () => {
    const under = (epochs: number) =>
      canChangeEpochs(at({ phase: 'paused', step: 120, draft: { ...lenet, epochs } }));
    expect([1, 2, 3].map(under)).toEqual([false, false, true]);
  });

  it('hands its weights on with what they went through', () => {
    const state = at({ phase: 'finished', step: 200, origin: { ...file, steps: 50 } });
    expect(originOf(state, 'current')).toEqual({ ...file, steps: 250 });
    expect(originOf(state, 'initial')).toEqual({ ...file, steps: 50 });
    expect(originOf(state, 'seed')).toEqual(drawnFromSeed);
  });
});
