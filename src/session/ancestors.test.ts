// Whose steps come before a branch, as far as one can look back.
import { expect, it } from 'vitest';
import { defaultConfig } from '@/model/presets';
import type { RecordedRun } from '@/storage/runs/runSchema';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { runOf, writeOf } from '@/storage/testing/runWrites';
import { ancestorsOf } from './ancestors';
import { createSession } from './session';
import { ancestorAt, earliestStep, isBranchable } from './selectors';
import { preparingRun } from './runActions';

const store = memoryRuns();
async function keep(id: string, parent: RecordedRun['parent'], change: Partial<RecordedRun> = {}) {
  const write = writeOf({ id, mark: 1 }, 0, 10);
  const run = { ...write.run, ...change, parent };
  await store.write({ ...write, run });
  return run;
}

it('names the parent and its parents, each with the steps that it shares', async () => {
  await keep('a', null, { notes: { ...runOf('a', 1).notes, name: 'first' } });
  await keep('b', { runId: 'a', step: 500 });
  // From a step that b has from its own parent.
  const c = await keep('c', { runId: 'b', step: 300 });
  const ancestors = await ancestorsOf(c, store);
  expect(ancestors).toMatchObject([
    { runId: 'b', name: 'LeNet', firstStep: 500, end: 300 },
    { runId: 'a', name: 'first', firstStep: 0, end: 300 },
  ]);
  const run = { ...preparingRun('c', c.config, c.origin), step: 900, firstStep: 300 };
  const state = { ...createSession().store.getState(), run, ancestors };
  expect(earliestStep(state)).toBe(0);
  expect(ancestorAt(state, 300)).toBeNull();
  expect(ancestorAt(state, 299)?.runId).toBe('a');
  // What would be the run itself after the branch is another one before it.
  const changed = { ...c.config, learningRate: 0.5 };
  const other = { ...state, run: { ...run, config: changed } };
  expect([300, 299].map((step) => isBranchable(other, changed, step))).toEqual([false, true]);
});

it('ends where a record is gone, or of another network', async () => {
  await keep('d', { runId: 'gone', step: 5 });
  expect(await ancestorsOf(await keep('e', { runId: 'd', step: 7 }), store)).toMatchObject([{ runId: 'd' }]);
  await keep('f', null, { config: defaultConfig('mynn') });
  expect(await ancestorsOf(await keep('g', { runId: 'f', step: 7 }), store)).toEqual([]);
});

it('names each once where runs of a file name each other as parents', async () => {
  const h = await keep('h', { runId: 'i', step: 9 });
  await keep('i', { runId: 'h', step: 8 });
  expect((await ancestorsOf(h, store)).map(({ runId }) => runId)).toEqual(['i', 'h']);
});
