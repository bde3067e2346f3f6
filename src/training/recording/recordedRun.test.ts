// A run that is cut anywhere and gone on with is the run that was not cut, bit for bit.
import { describe, expect, it } from 'vitest';
import type { Engine } from '@/engine/engine';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import type { RunEvent } from '@/model/runEvents';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { adamRun, bitsOf, RecordedRunWorker, uncutBits } from '../../../scripts/recordedRun.ts';
import { nodeHost } from '../../../scripts/wasm/nodeHost.ts';

const config = adamRun('lenet', 60, {
  epochs: 2,
  schedule: { kind: 'cosine', minLearningRate: 0 },
});

describe.each([1, 2])('on WebAssembly with %d threads', (threads) => {
  const create = (): Promise<Engine> => createWasmEngine({ host: nodeHost(), threads });

  it('goes on from any cut to the same bits, with what was changed in flight', async () => {
    const store = memoryRuns();
    let worker = new RecordedRunWorker(store, create);
    worker.begin(config);
    await worker.until(() => worker.steps >= 20);
    worker.send({ type: 'setLearningRate', runId: 'a', learningRate: 0.002 });
    worker.send({ type: 'setEpochs', runId: 'a', epochs: 3 });
    const changes = (): readonly RunEvent[] =>
      worker.events.flatMap((event) => (event.type === 'runChanged' ? event.events : []));
    await worker.until(() => changes().some(({ kind }) => kind === 'epochs'));
    for (let cut = 0; cut < 5; cut += 1) {
      const at = 20 + Math.floor(Math.random() * 155);
      await worker.until(() => worker.steps >= at);
      worker.cut();
      worker = new RecordedRunWorker(store, create);
      worker.goOn(config);
    }
    await worker.end(store);
    const run = await store.get('a');
    worker.cut();
    expect(run).toMatchObject({ phase: 'finished', summary: { steps: 180, totalSteps: 180 } });
    expect(run?.events.map(({ kind }) => kind)).toEqual(['learningRate', 'epochs']);
    expect(await bitsOf(store)).toEqual(await uncutBits(config, run?.events ?? [], create));
    expect(
      (await store.tests('a')).filter(({ extent }) => extent === 'full').map(({ step }) => step),
    ).toEqual([60, 120, 180]);
  });
});
