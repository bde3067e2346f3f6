/** A store of runs against the plainest one: any writes, changes and removals in any order, then everything read. */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { RunStore } from '@/storage/runs/runStore';
import { faultOf, writeOf } from '@/storage/testing/runWrites';

const ids = ['a', 'a-1', 'b'] as const;

type Operation =
  | {
      readonly kind: 'write';
      readonly id: number;
      readonly back: number;
      readonly ahead: number;
      readonly drops: boolean;
    }
  | { readonly kind: 'annotate'; readonly id: number; readonly name: string }
  | { readonly kind: 'setDeleted'; readonly id: number; readonly isDeleted: boolean }
  | { readonly kind: 'remove'; readonly id: number };

const id = fc.nat({ max: ids.length - 1 });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      id,
      back: fc.nat({ max: 1500 }),
      ahead: fc.integer({ min: 1, max: 2500 }),
      drops: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constant('annotate' as const), id, name: fc.string({ maxLength: 8 }) }),
  fc.record({ kind: fc.constant('setDeleted' as const), id, isDeleted: fc.boolean() }),
  fc.record({ kind: fc.constant('remove' as const), id }),
);

interface Expected {
  steps: number;
  keyframes: readonly number[];
  name: string;
  isDeleted: boolean;
}

async function carryOut(store: RunStore, model: Map<number, Expected>, one: Operation): Promise<void> {
  const name = ids[one.id] ?? 'a';
  const before = model.get(one.id);
  if (one.kind === 'remove') {
    model.delete(one.id);
    await store.remove([name]);
    return;
  }
  if (one.kind === 'setDeleted') {
    if (before !== undefined) before.isDeleted = one.isDeleted;
    await store.setDeleted([name], one.isDeleted ? 1 : null);
    return;
  }
  if (one.kind === 'annotate') {
    if (before !== undefined) before.name = one.name;
    await store.annotate(name, { name: one.name });
    return;
  }
  const from = Math.max(0, (before?.steps ?? 0) - one.back);
  const to = from + one.ahead;
  const kept = (before?.keyframes ?? []).filter((step) => step <= from);
  const dropped = one.drops ? kept.slice(0, 1) : [];
  await store.write(writeOf({ id: name, mark: one.id }, from, to, dropped));
  model.set(one.id, {
    steps: to,
    keyframes: [...kept.filter((step) => !dropped.includes(step)), to],
    name: before?.name ?? '',
    // It trains on.
    isDeleted: false,
  });
}

/** open: an empty store each time */
export async function storeFollowsModel(open: () => Promise<RunStore>, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 12 }), async (operations) => {
      const store = await open();
      const model = new Map<number, Expected>();
      for (const one of operations) await carryOut(store, model, one);
      const listed = await store.list();
      const deleted = await store.deleted();
      for (const [found, isDeleted] of [
        [listed, false],
        [deleted, true],
      ] as const) {
        const expected = [...model].filter(([, run]) => run.isDeleted === isDeleted);
        expect(found).toHaveLength(expected.length);
        expect(new Set(found.map((run) => run.id))).toEqual(new Set(expected.map(([key]) => ids[key])));
      }
      for (const [key, expected] of model) {
        const name = ids[key] ?? 'a';
        expect(await faultOf(store, name, key)).toBeNull();
        expect(await store.keyframeSteps(name)).toEqual(expected.keyframes);
        const run = await store.get(name);
        expect([run?.summary.steps, run?.notes.name]).toEqual([expected.steps, expected.name]);
      }
    }),
    { numRuns },
  );
}
