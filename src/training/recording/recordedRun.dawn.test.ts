// On WebGPU in Node: a run that is cut goes on to the same bits, and any of its steps is gone back to.
import { beforeAll, expect, it } from 'vitest';
import type { Engine } from '@/engine/engine';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { installDawn } from '../../../scripts/dawn.ts';
import { engines } from '../../../scripts/parity/engines.ts';
import { adamRun, bitsOf, exactly, RecordedRunWorker, uncutFiles } from '../../../scripts/recordedRun.ts';

beforeAll(async () => {
  await installDawn();
});

const config = adamRun('mynn', 40, { epochs: 1 });
const create = (): Promise<Engine> => engines.webgpu.create();
it('ends in the same bits from any cut, and shows those of any step', async () => {
  const store = memoryRuns();
  let worker = new RecordedRunWorker(store, create);
  worker.begin(config);
  for (let cut = 0; cut < 2; cut += 1) {
    const at = 1 + Math.floor(Math.random() * 35);
    await worker.until(() => worker.steps >= at);
    worker.cut();
    worker = new RecordedRunWorker(store, create);
    worker.goOn(config);
  }
  await worker.end(store);
  const files = new Map<number, Uint8Array>();
  for (let look = 0; look < 5; look += 1) {
    const step = 1 + Math.floor(Math.random() * 39);
    const { shown, file } = await worker.show(step);
    expect(shown).toEqual(exactly(step));
    files.set(step, file);
  }
  worker.cut();
  const expected = await uncutFiles(config, [], create, files.keys());
  expect(await bitsOf(store)).toEqual(expected.bits);
  expect(files).toEqual(expected.files);
});
