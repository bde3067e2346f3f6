import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { defaultConfig } from '@/model/presets';
import { reportRuns } from '@/report/reportRuns';
import { loadQueue, saveQueue } from './queueStorage';
import { itemStates, type QueueItem, type QueueState } from './runQueue';

function storageOf(entries = new Map<string, string>()): Storage {
  return {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
    removeItem: (key: string) => void entries.delete(key),
  } as unknown as Storage;
}

const draft = { ...defaultConfig('mynn'), seed: 77 };

const item = fc.record({
  config: fc.record({ seed: fc.nat(), learningRate: fc.constantFrom(0.1, 1e-3) }).map((change) => ({
    ...defaultConfig('lenet'),
    ...change,
  })),
  sweep: fc.constantFrom(null, { id: 's-1', point: 3, keys: ['learningRate'] }),
  state: fc.constantFrom(...itemStates),
  runId: fc.constantFrom(null, 'a-1'),
});

it('comes back after a reload, the run in hand waiting again', () => {
  fc.assert(
    fc.property(
      fc.array(item, { maxLength: 6 }),
      fc.constantFrom<QueueState['phase'][]>('running', 'paused', 'interrupted'),
      (items, phase) => {
        const storage = storageOf();
        expect(saveQueue(storage, { phase, items }, draft)).toBe(true);
        const waits = (one: QueueItem): QueueItem =>
          one.state === 'running' ? { ...one, state: 'waiting' } : one;
        const expected = items.map(waits);
        const saved = loadQueue(storage);
        if (!expected.some(({ state }) => state === 'waiting')) expect(saved).toBeNull();
        else
          expect(saved).toEqual({
            queue: { phase: 'interrupted', items: expected },
            isResting: phase !== 'running',
            draft,
          });
      },
    ),
    { numRuns: 100 },
  );
});

it('is forgotten when it is done, and where nothing is kept', () => {
  const storage = storageOf();
  const items = [{ config: defaultConfig('mynn'), sweep: null, state: 'waiting', runId: null }] as const;
  saveQueue(storage, { phase: 'running', items }, null);
  saveQueue(storage, { phase: 'idle', items }, null);
  expect(loadQueue(storage)).toBeNull();
  expect(saveQueue(null, { phase: 'running', items }, null)).toBe(false);
});

it('takes the report’s queue of an older version over, and nothing that is none', () => {
  const [first, second] = reportRuns;
  const old = {
    version: 1,
    items: [
      { runId: first?.id, length: 'short', state: 'unrecorded' },
      { runId: second?.id, length: 'full', state: 'running' },
      { runId: 'gone', length: 'full', state: 'waiting' },
    ],
  };
  const of = (text: string) => loadQueue(storageOf(new Map([['digit-lab.queue', text]])));
  expect(of(JSON.stringify(old))?.queue.items).toEqual([
    { config: first?.configs.short, sweep: null, state: 'changed', runId: null },
    { config: second?.configs.full, sweep: null, state: 'waiting', runId: null },
  ]);
  for (const text of ['', '{', '[]', '{"version":3,"items":[]}']) expect(of(text)).toBeNull();
});
