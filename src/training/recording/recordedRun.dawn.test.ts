// On WebGPU in Node: a run that is cut goes on to the same bits, and any of its steps is gone back to.
import { beforeAll, expect, it } from 'vitest';
import type { Engine } from '@/engine/engine';
import { encodeWeights } from '@/formats/checkpoint';
import type { RequestParams } from '@/protocol/requests';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { installDawn } from '../../../scripts/dawn.ts';
import { engines } from '../../../scripts/parity/engines.ts';
import { bitsOf, RecordedRunWorker, uncutBits } from '../../../scripts/recordedRun.ts';
import { smallRun, weightsRequest } from '../../../scripts/trainerLab.ts';

beforeAll(async () => {
  await installDawn();
});

const config = {
  ...smallRun('mynn', 40, { epochs: 1, shuffle: true }),
  optimizer: { kind: 'Adam', beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 },
  learningRate: 0.001,
} as const;
const create = (): Promise<Engine> => engines.webgpu.create();
const exportRequest = {
  ...weightsRequest,
  run: { step: 0 } as RequestParams<'exportFile'>['run'],
} as RequestParams<'exportFile'>;

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
  const files = new Map<number, ArrayBuffer>();
  for (let look = 0; look < 5; look += 1) {
    const step = 1 + Math.floor(Math.random() * 39);
    const shown = await worker.request('showStep', { runId: 'a', step, exactly: true });
    expect(shown).toEqual({ step, secondsToExact: null, difference: null });
    files.set(step, (await worker.request('exportFile', exportRequest)).file);
  }
  worker.cut();
  const expected = new Map<number, Uint8Array>();
  const looks = [...files.keys()].map(
    (step) =>
      [
        step,
        (parameters: Parameters<typeof encodeWeights>[1]) =>
          expected.set(step, encodeWeights(config.network, parameters)),
      ] as const,
  );
  expect(await bitsOf(store)).toEqual(await uncutBits(config, [], create, new Map(looks)));
  for (const [step, file] of files)
    expect(Buffer.from(file).equals(expected.get(step) ?? new Uint8Array()), `step ${step}`).toBe(true);
});
