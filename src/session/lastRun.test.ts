// Which run is offered again, and what can be done with it.
import { expect, it } from 'vitest';
import type { RecordedRun } from '@/storage/runs/runSchema';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { writeOf } from '@/storage/testing/runWrites';
import { dismissRun, findLastRun, type LastRun } from './lastRun';

function kept() {
  const entries = new Map<string, string>();
  return {
    getItem: (key: string): string | null => entries.get(key) ?? null,
    setItem: (key: string, value: string): void => void entries.set(key, value),
  };
}

const store = memoryRuns();
const write = async (id: string, change: Partial<RecordedRun>, hasStates: boolean): Promise<void> => {
  const whole = writeOf({ id, mark: 1 }, 0, 10);
  await store.write({
    ...whole,
    run: { ...whole.run, ...change },
    keyframes: hasStates ? whole.keyframes : [],
  });
};
const told = (last: LastRun | null) => last && [last.run.id, last.hasState];

it('offers the last run that can be shown, gone on with, or begun again', async () => {
  const storage = kept();
  const offered = async () => told(await findLastRun(store, storage));
  expect(await offered()).toBeNull();
  await write('a', { updatedAt: 1, phase: 'finished' }, true);
  expect(await offered()).toEqual(['a', true]);
  // Cut before a state of it was kept: its settings are there.
  await write('b', { updatedAt: 2, phase: 'training' }, false);
  expect(await offered()).toEqual(['b', false]);
  await store.setDeleted(['b'], 1);
  expect(await offered()).toEqual(['a', true]);
  // It has ended, and there is nothing but its figures: the page of the runs has those.
  await write('c', { updatedAt: 3, phase: 'finished' }, false);
  expect(await offered()).toBeNull();
  await store.remove(['c']);
  dismissRun('a', storage);
  expect(await offered()).toBeNull();
});
