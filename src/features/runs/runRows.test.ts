import { expect, it } from 'vitest';
import { shownRuns, type ShownRunsOptions } from './runRows';
import { runStatus } from './runStatus';
import { nameOfRun } from '@/storage/runs/runName';
import { runOf } from '@/storage/testing/runWrites';
import type { RecordedRun, RunNotes, RunSummary } from '@/storage/runs/runSchema';

let created = 0;
function run(id: string, summary: Partial<RunSummary>, notes: Partial<RunNotes> = {}): RecordedRun {
  const base = runOf(id, 100);
  created += 1;
  return {
    ...base,
    createdAt: created,
    summary: { ...base.summary, ...summary },
    notes: { ...base.notes, ...notes },
  };
}

const options: ShownRunsOptions = {
  filter: { text: '', network: null, sweep: null },
  sort: { key: 'createdAt', isDescending: true },
  status: (one) => runStatus(one, new Set(['b'])),
  language: 'en',
};
const all = [
  run('a', { lastLoss: Number.NaN, bestAccuracy: null }),
  run('b', { lastLoss: 0.5, bestAccuracy: 0.9 }, { name: 'run 10', tags: ['Wide'] }),
  run('c', { lastLoss: 0.1, bestAccuracy: 0.99 }, { name: 'run 9', notes: 'too slow' }),
];
const ids = (change: Partial<ShownRunsOptions>): string =>
  shownRuns(all, { ...options, ...change })
    .map(({ id }) => id)
    .join('');

it('orders by any column, what has no value last in both directions', () => {
  expect(ids({})).toBe('cba');
  expect(ids({ sort: { key: 'lastLoss', isDescending: false } })).toBe('cba');
  expect(ids({ sort: { key: 'lastLoss', isDescending: true } })).toBe('bca');
  expect(ids({ sort: { key: 'bestAccuracy', isDescending: true } })).toBe('cba');
  // As people count: run 9 before run 10.
  expect(ids({ sort: { key: 'name', isDescending: false } })).toBe('acb');
  expect(ids({ sort: { key: 'status', isDescending: true } })).toBe('bca');
  // Of equals the newest first, whatever the direction.
  expect(ids({ sort: { key: 'steps', isDescending: false } })).toBe('cba');
});

it('holds pinned runs on top of every order', () => {
  const pinned = [...all, run('p', { lastLoss: 9 }, { pinned: true })];
  const order = shownRuns(pinned, { ...options, sort: { key: 'lastLoss', isDescending: false } });
  expect(order.map(({ id }) => id).join('')).toBe('pcba');
});

it('finds every word in names, tags, notes and settings', () => {
  const found = (text: string): string => ids({ filter: { text, network: null, sweep: null } });
  expect(found('wide')).toBe('b');
  expect(found('slow RUN')).toBe('c');
  expect(found('lenet')).toBe('cba');
  expect(found(all[0]?.config.optimizer.kind ?? '')).toBe('cba');
  expect(found('nothing of it')).toBe('');
  expect(ids({ filter: { text: '', network: 'vgg16', sweep: null } })).toBe('');
});

it('leaves the runs of one sweep', () => {
  const of = (id: string, sweep: string): RecordedRun => ({
    ...run(id, {}),
    sweep: { id: sweep, point: 0, keys: ['learningRate'] },
  });
  const runs = [...all, of('x', 'one'), of('y', 'two'), of('z', 'one')];
  const found = shownRuns(runs, { ...options, filter: { text: '', network: null, sweep: 'one' } });
  expect(found.map(({ id }) => id).join('')).toBe('zx');
});

it('calls a run by its name, else by its network, and tells one that was cut', () => {
  expect(all.map(nameOfRun)).toEqual(['LeNet', 'run 10', 'run 9']);
  expect(all.map((one) => runStatus(one, new Set(['b'])))).toEqual([
    'interrupted',
    'training',
    'interrupted',
  ]);
});
