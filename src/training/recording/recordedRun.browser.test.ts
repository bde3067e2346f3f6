// The real worker and real IndexedDB, in Chromium: killed at any moment, in the midst of a write too, a run ends in the same bits.
import { expect, test } from 'vitest';
import { totalSteps } from '@/model/learningRate';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { drawnFromSeed } from '@/model/weightsOrigin';
import type { Command, EngineChoice, WorkerEvent } from '@/protocol/messages';
import { pagePort } from '@/protocol/port';
import { openRuns } from '@/storage/runs/openRuns';
import type { RunStore } from '@/storage/runs/runStore';

const base: RunConfig = {
  ...defaultConfig('mynn'),
  optimizer: { kind: 'Adam', beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 },
  learningRate: 0.001,
  batchSize: 16,
  trainingImages: 640,
  shuffle: true,
};

const nothingKept = {
  initial: { parameters: null, origin: drawnFromSeed },
  state: null,
  seconds: 0,
  events: [],
  testLosses: [],
  fullTestDue: false,
  isOver: false,
} as const;

interface Trained {
  readonly worker: Worker;
  readonly send: (command: Command) => void;
  /** Until the run has got so far, or further. */
  readonly until: (step: number) => Promise<void>;
  readonly finished: Promise<void>;
}

function startWorker(choice: EngineChoice): Trained {
  const worker = new Worker(new URL('../worker.ts', import.meta.url), { type: 'module' });
  const port = pagePort(worker);
  let step = 0;
  const looks: (() => void)[] = [];
  let finish = (): void => undefined;
  let fail: (error: Error) => void = () => undefined;
  const finished = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  finished.catch(() => undefined);
  port.receive((event: WorkerEvent) => {
    if (event.type === 'runFailed' || event.type === 'backendFailed') fail(new Error(event.error.message));
    if (event.type !== 'runStatus') return;
    ({ step } = event.status);
    for (const look of looks) look();
    if (event.status.phase === 'finished') finish();
  });
  port.post({ type: 'selectBackend', choice, reference: false });
  port.post({ type: 'loadData' });
  return {
    worker,
    send: port.post,
    finished,
    until: (wanted) =>
      Promise.race([
        finished,
        new Promise<void>((resolve) => {
          looks.push(() => {
            if (step >= wanted) resolve();
          });
        }),
      ]),
  };
}

async function bits(store: RunStore, id: string, total: number): Promise<unknown> {
  await expect.poll(async () => (await store.get(id))?.phase, { timeout: 20_000 }).toBe('finished');
  const metrics = await store.metrics(id);
  return {
    steps: metrics.count,
    loss: metrics.values('loss').slice(),
    learningRate: metrics.values('learningRate').slice(),
    state: await store.keyframe(id, total),
    // Its mean loss is added up in pieces, whose sizes follow the clock.
    tests: (await store.tests(id)).flatMap(({ extent, step, accuracy, classes }) =>
      extent === 'full' ? [{ step, accuracy, classes }] : [],
    ),
  };
}

// A GPU in software tests 10,000 images for long.
test.each([
  { choice: 'wasm', epochs: 3, cuts: 4 },
  { choice: 'webgpu', epochs: 1, cuts: 2 },
] as const)('on $choice', async ({ choice, epochs, cuts }) => {
  const config = { ...base, epochs };
  const total = totalSteps(config);
  const store = await openRuns();
  expect(store.obstacle).toBeNull();
  const [whole, cut] = [`whole-${choice}-${Date.now()}`, `cut-${choice}-${Date.now()}`];
  const first = startWorker(choice);
  first.send({ type: 'prepare', runId: whole, config, weights: 'seed' });
  first.send({ type: 'train', runId: whole, until: 'end' });
  await first.finished;
  const expected = await bits(store, whole, total);
  first.worker.terminate();
  expect(expected).toMatchObject({ steps: total });

  let last = startWorker(choice);
  last.send({ type: 'prepare', runId: cut, config, weights: 'seed' });
  last.send({ type: 'train', runId: cut, until: 'end' });
  for (let i = 0; i < cuts; i += 1) {
    await last.until(Math.floor(Math.random() * total));
    await new Promise((resolve) => {
      setTimeout(resolve, Math.random() * 60);
    });
    last.worker.terminate();
    last = startWorker(choice);
    last.send({ type: 'restore', runId: cut, config, kept: nothingKept });
    last.send({ type: 'train', runId: cut, until: 'end' });
  }
  await last.finished;
  expect(await bits(store, cut, total)).toEqual(expected);
  last.worker.terminate();
  await store.remove([whole, cut]);
});
