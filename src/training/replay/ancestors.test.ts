import { expect, it } from 'vitest';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { writeOf } from '@/storage/testing/runWrites';
import type { ReplayedRun } from '@/training/replay/replayedRun';
import { ownerOfStep } from './ancestors';

it('finds no owner where runs of a file name each other as parents, and ends', async () => {
  const store = memoryRuns();
  for (const [id, parent] of [
    ['a', { runId: 'b', step: 9 }],
    ['b', { runId: 'a', step: 8 }],
  ] as const) {
    const write = writeOf({ id, mark: 1 }, 0, 10);
    await store.write({ ...write, run: { ...write.run, parent } });
  }
  const { config } = (await store.get('a')) ?? {};
  if (config === undefined) throw new Error('The run is not there.');
  const branch: ReplayedRun = {
    id: 'a',
    config,
    events: [],
    testLosses: [],
    environment: null,
    firstStep: 9,
    parentId: 'b',
  };
  expect(await ownerOfStep(branch, 8, store)).toMatchObject({ run: { id: 'b' }, end: 9 });
  await expect(ownerOfStep(branch, 3, store)).rejects.toThrow('is not kept any more');
});
