import { describe, expect, it } from 'vitest';
import { memoryRuns } from './memoryRuns';
import { bytesOfState, decodePageParts, decodeRun, encodeRun, isEngineState } from './runSchema';
import { mnist, withData } from '@/model/dataSet';
import { runOf, stateOf } from '@/storage/testing/runWrites';
import { storeFollowsModel } from '@/storage/testing/storeProperty';

const run = runOf('a-1', 5);

describe('a stored run', () => {
  it('comes back as it was', () => {
    const whole = {
      ...run,
      parent: { runId: 'b-2', step: 7 },
      events: [
        { kind: 'learningRate', step: 3, learningRate: 0.5 },
        { kind: 'epochs', step: 4, epochs: 3 },
      ],
      diagnoses: [{ id: 'dead', step: 3 }],
      notes: { name: 'one', tags: ['x'], notes: 'so', pinned: true },
      switchedEngine: true,
      sweep: { id: 's-1', point: 3, keys: ['learningRate'] },
      thinnedLoss: { steps: [1, 4], values: [2.3, null] },
      deletedAt: 5,
    } as const;
    expect(decodeRun(structuredClone(encodeRun(whole)))).toEqual(whole);
  });

  it('names the data that it was trained on', () => {
    const { sha256 } = mnist;
    expect(encodeRun(run)).toMatchObject({ version: 4, data: { sha256, name: 'MNIST', drawings: null } });
    const data = {
      sha256: 'ab'.repeat(32),
      name: 'Bars & more',
      classNames: ['upright', 'lying'],
      trainingImages: 40,
      testImages: 10,
      drawings: { sha256: 'cd'.repeat(32), count: 3, copies: 5 },
    };
    const own = { ...run, config: withData(run.config, data) };
    expect(own.config.trainingImages).toBe(55);
    expect(decodeRun(structuredClone(encodeRun(own)))).toEqual(own);
  });

  it('comes back out of the older forms, which knew of no deletion, and of no sweep', () => {
    const now = { data: null, ...run, ...encodeRun(run) };
    const { data: _, ...third } = now;
    expect(decodeRun({ ...third, version: 3 })).toEqual(run);
    const { sweep: _s, switchedEngine: _e, thinnedLoss: _t, ...second } = third;
    expect(decodeRun({ ...second, version: 2 })).toEqual(run);
    const { deletedAt: _d, ...first } = second;
    expect(decodeRun({ ...first, version: 1 })).toEqual(run);
    expect(decodePageParts(first)).toEqual({ notes: run.notes, diagnoses: [], deletedAt: null });
    expect(decodePageParts({ ...first, notes: 'none' })).toBeNull();
  });

  it.each([
    ['a newer version', { version: 5 }],
    ['data that its settings do not have', { data: { sha256: 'other', name: 'x', drawings: null } }],
    ['an older version than the first', { version: 0 }],
    ['settings of an unknown network', { settings: 'network=alexnet' }],
    ['a line of loss without values', { thinnedLoss: { steps: [1], values: [] } }],
    ['an id that is a path', { id: '../x' }],
    ['an unknown event', { events: [{ kind: 'momentum', step: 1 }] }],
    ['an accuracy above 1', { summary: { ...run.summary, bestAccuracy: 2 } }],
  ])('is left out with %s', (_name, change) => {
    expect(decodeRun({ ...encodeRun(run), ...change })).toBeNull();
  });
});

it('takes no state whose tensors are not what their shapes say', () => {
  const state = stateOf(1, 2, 8);
  expect(isEngineState(structuredClone(state))).toBe(true);
  expect(bytesOfState(state)).toBe(32);
  const torn = new Map([['weight', { dtype: 'F32', shape: [8], data: new Float32Array(7) }]]);
  expect(isEngineState({ ...state, parameters: torn })).toBe(false);
  expect(isEngineState({ step: 2 })).toBe(false);
});

it('holds in memory what was written', async () => {
  await storeFollowsModel(() => Promise.resolve(memoryRuns()), 200);
});
