import { describe, expect, it } from 'vitest';
import { defaultConfig } from '@/model/presets';
import type { SweepRuns } from '@/model/sweep/sweep';
import { draftOf, newSweepDraft, plannedSweep, type DimensionDraft, type SweepDraft } from './sweepDraft';

const base = { ...defaultConfig('lenet'), learningRate: 0.01 };
const draft = newSweepDraft(base);
const planned = (change: Partial<SweepDraft>) => plannedSweep({ ...draft, ...change }, base, 's');
const rate = (change: Partial<DimensionDraft>): Partial<SweepDraft> => ({
  dimensions: [{ ...draftOf('learningRate', base), ...change }],
});

describe('a sweep as it is typed', () => {
  it('begins around the learning rate, and can be begun at once', () => {
    const runs = planned({}) as SweepRuns;
    expect([runs.points, runs.runs.length]).toEqual([3, 6]);
    expect(runs.runs.slice(0, 3).map(({ config }) => config.learningRate)).toEqual([0.001, 0.01, 0.1]);
  });

  it('suggests a range that is allowed for every number', () => {
    for (const key of ['momentum', 'weightDecay', 'epochs', 'batchSize', 'warmupSteps'] as const) {
      const one = draftOf(key, base);
      expect(planned({ dimensions: [one] }), key).toHaveProperty('points');
    }
    expect(draftOf('optimizer', base).chosen).toContain('Adam');
  });

  it('reads typed numbers, however they are separated', () => {
    const runs = planned(rate({ kind: 'list', text: ' 0.1, 1e-3;0.5' })) as SweepRuns;
    expect(runs.runs.slice(0, 3).map(({ config }) => config.learningRate)).toEqual([0.1, 0.001, 0.5]);
    expect(planned(rate({ kind: 'list', text: '0.1 x' }))).toMatchObject({
      code: 'not_a_number',
      value: 'x',
    });
    expect(planned(rate({ kind: 'list', text: '' }))).toMatchObject({ problem: { code: 'no_values' } });
  });

  it('says why it cannot be begun', () => {
    expect(planned({ dimensions: [] })).toEqual({ code: 'nothing' });
    expect(planned(rate({ low: 1 }))).toMatchObject({ problem: { code: 'empty_range' } });
    expect(planned(rate({ count: 1 }))).toMatchObject({ problem: { code: 'no_count' } });
    expect(planned({ ...rate({ count: 1 }), method: 'random' })).toHaveProperty('points', 10);
    expect(planned({ ...rate({ count: 50 }), seeds: 11 })).toEqual({ code: 'too_many', runs: 550 });
    const tooLarge = { ...draftOf('batchSize', base), kind: 'list', text: '4096' } as const;
    const few = { ...base, trainingImages: 100, dropLast: true };
    expect(plannedSweep({ ...draft, dimensions: [tooLarge] }, few, 's')).toMatchObject({ code: 'no_points' });
  });
});
