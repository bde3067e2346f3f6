// Tiles measured on this adapter: which they are is for the stopwatch to say, that they change no result is not.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KernelTarget } from '@/engine/webgpu/kernels/convShape';
import { tunedChoices } from '@/engine/webgpu/tileTuning';
import type { TileChoices } from '@/model/tileChoices';
import { installDawn } from '../../../scripts/dawn.ts';

let device: GPUDevice;
let target: KernelTarget;

beforeAll(async () => {
  const adapter = await (await installDawn()).requestAdapter();
  if (adapter === null) throw new Error('no adapter');
  const hasSubgroups = adapter.features.has('subgroups');
  device = await adapter.requestDevice({ requiredFeatures: hasSubgroups ? ['subgroups'] : [] });
  const { subgroupMinSize } = adapter.info;
  target = { isSoftware: true, ...(hasSubgroups ? { subgroupSize: subgroupMinSize } : {}) };
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
  const first = await tunedChoices(device, target, store);
  for (const { rows, columns } of [first.gather, first.reduce]) {
    expect([0.5, 1, 2]).toContain(rows);
    expect([0.5, 1]).toContain(columns);
  }
  expect(await tunedChoices(device, target, store)).toBe(first);
  expect(saves).toBe(1);
  // Another use of the same adapter is another measurement.
  await tunedChoices(device, { isSoftware: true }, store);
  expect([...kept.keys()].filter((key) => key.startsWith('v1|')).length).toBe(2);
});
