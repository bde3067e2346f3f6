// Tiles measured on this adapter: which they are is for the stopwatch to say, that they change no result is not.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { KernelTarget } from '@/engine/webgpu/kernels/convShape';
import { tunedChoices } from '@/engine/webgpu/tileTuning';
import { ruleChoices, type TileChoices } from '@/model/tileChoices';
import { installDawn } from '../../../scripts/dawn.ts';

/** Of a real GPU that has workgroups enough, without the unrolling that lavapipe compiles for seconds. */
const rules = { unrolls: false, wantedGroups: 1, tiledFprop: 1, tiledDgrad: 1 };

let device: GPUDevice;
let target: KernelTarget;

beforeAll(async () => {
  const adapter = await (await installDawn()).requestAdapter();
  if (adapter === null) throw new Error('no adapter');
  const hasSubgroups = adapter.features.has('subgroups');
  device = await adapter.requestDevice({ requiredFeatures: hasSubgroups ? ['subgroups'] : [] });
  const { subgroupMinSize } = adapter.info;
  target = {
    isSoftware: false,
    rules,
    ...(hasSubgroups ? { subgroupSize: subgroupMinSize } : {}),
  };
});
afterAll(() => {
  device.destroy();
});

test('measures once an adapter and keeps it', async () => {
  const kept = new Map<string, TileChoices>();
  let saves = 0;
  const store = {
    load: (adapter: string) => Promise.resolve(kept.get(adapter) ?? null),
    save: (adapter: string, choices: TileChoices) => {
      saves += 1;
      kept.set(adapter, choices);
      return Promise.resolve();
    },
  };
  const first = await tunedChoices(device, target, store, 1);
  for (const { rows, columns } of [first.fpropDgrad, first.wgrad]) {
    expect([0.5, 1, 2]).toContain(rows);
    expect([1, 2]).toContain(columns);
  }
  expect(await tunedChoices(device, target, store, 1)).toBe(first);
  expect(saves).toBe(1);
  // Another use of the same adapter is another measurement.
  await tunedChoices(device, { isSoftware: false, rules }, store, 1);
  expect([...kept.keys()].filter((key) => key.startsWith('v4|')).length).toBe(2);
});

test('keeps to the rules, and says so, where a kernel does not compile', async () => {
  const adapter = await (await installDawn()).requestAdapter();
  const bare = await adapter?.requestDevice();
  if (bare === undefined) throw new Error('no adapter');
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  let saves = 0;
  const store = {
    load: () => Promise.resolve(null),
    save: () => {
      saves += 1;
      return Promise.resolve();
    },
  };
  // Subgroups, which this device was not asked for.
  const chosen = await tunedChoices(bare, { isSoftware: false, subgroupSize: 8, rules }, store, 1);
  expect(chosen).toEqual(ruleChoices);
  expect(saves).toBe(0);
  expect(warn).toHaveBeenCalledOnce();
  warn.mockRestore();
  bare.destroy();
});
