import { afterEach, expect, it, vi } from 'vitest';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import type { RunStore } from '@/storage/runs/runStore';
import { writeOf } from '@/storage/testing/runWrites';
import { createRuns, type Runs } from './runsStore';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function three(): Promise<RunStore> {
  const kept = memoryRuns();
  for (const [i, id] of ['a', 'b', 'c'].entries()) await kept.write(writeOf({ id, mark: i }, 0, 10));
  return kept;
}

/** A visit of the page on this storage. */
async function visit(kept: RunStore): Promise<Runs> {
  const runs = createRuns(() => Promise.resolve(kept));
  await runs.actions.refresh();
  return runs;
}

const idsOf = ({ store }: Runs): [string[], string[]] => {
  const { runs, deleted } = store.getState();
  return [runs.map(({ id }) => id).toSorted(), deleted.map(({ id }) => id).toSorted()];
};

it('brings deleted runs back whole, after a reload too', async () => {
  const kept = await three();
  const before = await visit(kept);
  await before.actions.deleteRuns(['a', 'b']);
  expect(idsOf(before)).toEqual([['c'], ['a', 'b']]);
  const after = await visit(kept);
  expect(idsOf(after)).toEqual([['c'], ['a', 'b']]);
  await after.actions.bringBack(['a', 'b']);
  // What was undone before a reload stays undone.
  expect(idsOf(await visit(kept))).toEqual([['a', 'b', 'c'], []]);
  expect((await kept.metrics('a')).count).toBe(10);
  expect(await kept.keyframe('b', 10)).not.toBeNull();
});

it('frees the space a day later, or when it is told to', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const kept = await three();
  const runs = await visit(kept);
  await runs.actions.deleteRuns(['a']);
  vi.setSystemTime(Date.now() + 23 * 3600 * 1000);
  await runs.actions.deleteRuns(['b']);
  await runs.actions.refresh();
  expect(idsOf(runs)).toEqual([['c'], ['a', 'b']]);
  vi.setSystemTime(Date.now() + 2 * 3600 * 1000);
  await runs.actions.refresh();
  expect(idsOf(runs)).toEqual([['c'], ['b']]);
  expect((await kept.metrics('a')).count).toBe(0);
  await runs.actions.removeDeleted();
  expect(idsOf(runs)).toEqual([['c'], []]);
  expect(await kept.get('b')).toBeNull();
});

it('deletes no run that a tab trains', async () => {
  const query = (): Promise<LockManagerSnapshot> =>
    Promise.resolve({ held: [{ name: 'digit-lab.run.a', mode: 'exclusive', clientId: 'x' }], pending: [] });
  vi.stubGlobal('navigator', { locks: { query } });
  const kept = await three();
  const runs = await visit(kept);
  await runs.actions.deleteRuns(['a', 'b']);
  expect(idsOf(runs)).toEqual([['a', 'c'], ['b']]);
  // Trained on since, in a tab that had it open.
  await kept.setDeleted(['a'], 1);
  await runs.actions.refresh();
  expect(await kept.get('a')).not.toBeNull();
});

it('says so where the storage does not answer, and tries again', async () => {
  const kept = await three();
  let opened = 0;
  const runs = createRuns(() => {
    opened += 1;
    return opened === 1 ? Promise.reject(new Error('closed')) : Promise.resolve(kept);
  });
  await runs.actions.refresh();
  expect(runs.store.getState()).toMatchObject({ phase: 'failed', error: 'closed' });
  await runs.actions.refresh();
  expect(runs.store.getState()).toMatchObject({ error: null, runs: [{}, {}, {}] });
});

it('tells which runs go, those that a tab trains not among them', async () => {
  const kept = await three();
  const query = (): Promise<LockManagerSnapshot> =>
    Promise.resolve({ held: [{ name: 'digit-lab.run.b', mode: 'exclusive', clientId: '1' }], pending: [] });
  vi.stubGlobal('navigator', { locks: { query } });
  const told: (readonly string[])[] = [];
  const runs = createRuns(() => Promise.resolve(kept), {
    resting: () => null,
    confirmReplacing: () => Promise.resolve(true),
    forgetRuns: (ids) => told.push(ids),
  });
  await runs.actions.refresh();
  await runs.actions.deleteRuns(['a', 'b']);
  expect(told).toEqual([['a']]);
});

it('deletes the run that rests on show, whose lock is its own, unless its weights would be lost', async () => {
  const kept = await three();
  const held = ['a', 'b'].map((id) => ({ name: `digit-lab.run.${id}`, mode: 'exclusive', clientId: '1' }));
  vi.stubGlobal('navigator', { locks: { query: () => Promise.resolve({ held, pending: [] }) } });
  const told: (readonly string[])[] = [];
  let mayGo = false;
  const runs = createRuns(() => Promise.resolve(kept), {
    resting: () => 'a',
    confirmReplacing: () => Promise.resolve(mayGo),
    forgetRuns: (ids) => told.push(ids),
  });
  await runs.actions.refresh();
  await runs.actions.deleteRuns(['a', 'c']);
  expect(idsOf(runs)).toEqual([['a', 'b', 'c'], []]);
  mayGo = true;
  await runs.actions.deleteRuns(['a', 'b', 'c']);
  expect(idsOf(runs)).toEqual([['b'], ['a', 'c']]);
  expect(told).toEqual([['a', 'c']]);
});
