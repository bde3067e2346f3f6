// What becomes of a run where its store is full, fails, or is none.
import { expect, it, vi } from 'vitest';
import { defaultConfig } from '@/model/presets';
import { drawnFromSeed } from '@/model/weightsOrigin';
import type { RunPhase, WorkerEvent } from '@/protocol/messages';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import type { RunStore, RunWrite } from '@/storage/runs/runStore';
import { stateOf } from '@/storage/testing/runWrites';
import { RunRecorder } from './runRecorder';

const config = defaultConfig('lenet');

class Bench {
  readonly posted: WorkerEvent[] = [];
  readonly recorder: RunRecorder;

  constructor(store: RunStore) {
    this.recorder = new RunRecorder({
      store: Promise.resolve(store),
      post: (event) => this.posted.push(event),
      environment: () => ({
        engine: 'wasm',
        backend: 'wasm',
        device: 'WebAssembly',
        isSoftware: false,
        browser: 'Node',
        pageVersion: '0',
      }),
    });
    this.recorder.begin('a', config);
  }

  metrics(firstStep: number, count: number): void {
    const line = Float32Array.from({ length: count }, (_, i) => firstStep + i);
    this.recorder.hear({
      type: 'metrics',
      runId: 'a',
      seconds: (firstStep + count) / 100,
      firstStep,
      loss: line,
      accuracy: line,
      learningRate: line,
    });
  }

  keep(step: number): void {
    this.recorder.hear({ type: 'runKept', runId: 'a', step, state: stateOf(1, step, 8) });
  }

  phase(phase: RunPhase, step: number): void {
    this.recorder.hear({
      type: 'runStatus',
      runId: 'a',
      status: {
        phase,
        step,
        testedImages: null,
        origin: drawnFromSeed,
        epoch: 0,
        totalSteps: 9380,
        stepsPerEpoch: 938,
        trainingImages: 60_000,
        imagesPerSecond: null,
        secondsLeft: null,
        firstStepMilliseconds: null,
      },
    });
  }

  /** The phases that were told to be in the store. */
  get recorded(): unknown[] {
    return this.posted.flatMap((event) => (event.type === 'runRecorded' ? [event.phase] : []));
  }

  get problems(): unknown[] {
    return this.posted.flatMap((event) => (event.type === 'recording' ? [event.problem] : []));
  }

  get kept(): unknown[] {
    return this.posted.flatMap((event) =>
      event.type === 'runKept' ? [[event.step, event.state !== null]] : [],
    );
  }
}

const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 20);
  });

/** A store in a database, as far as anybody can tell, whose writes may be refused. */
function storeThatRefuses(refuses: (write: RunWrite) => string | null): RunStore {
  const store = memoryRuns();
  return {
    ...store,
    obstacle: null,
    write: (write) => {
      const name = refuses(write);
      return name === null ? store.write(write) : Promise.reject(new DOMException('Refused.', name));
    },
  };
}

it('records metrics, states and phases, and tells the page where states are', async () => {
  const store = storeThatRefuses(() => null);
  const bench = new Bench(store);
  await settled();
  bench.phase('training', 0);
  bench.metrics(0, 1500);
  bench.keep(1500);
  bench.phase('paused', 1500);
  await settled();
  expect(await store.get('a')).toMatchObject({
    phase: 'paused',
    summary: { steps: 1500, totalSteps: 9380, seconds: 15, lastLoss: 1499 },
  });
  expect((await store.metrics('a')).values('loss')).toHaveLength(1500);
  expect(await store.keyframeSteps('a')).toEqual([1500]);
  expect([bench.kept, bench.problems]).toEqual([[[1500, false]], []]);
  expect(bench.recorded.at(-1)).toBe('paused');

  // It goes back, and comes to other values.
  bench.recorder.hear({ type: 'runRecovered', runId: 'a', step: 1000 });
  bench.metrics(1000, 10);
  bench.phase('paused', 1010);
  bench.phase('training', 1010);
  await settled();
  expect((await store.get('a'))?.summary.steps).toBe(1010);
  expect([(await store.metrics('a')).count, await store.keyframeSteps('a')]).toEqual([1010, []]);
});

it('keeps the curves where states do not fit any more, and says so once', async () => {
  const store = storeThatRefuses(({ keyframes }) => (keyframes.length === 0 ? null : 'QuotaExceededError'));
  const bench = new Bench(store);
  await settled();
  bench.metrics(0, 10);
  bench.keep(10);
  await settled();
  bench.metrics(10, 10);
  bench.keep(20);
  bench.phase('training', 20);
  bench.phase('paused', 20);
  await settled();
  expect(bench.problems).toEqual(['full']);
  expect((await store.metrics('a')).count).toBe(20);
  // The page keeps them then.
  expect(bench.kept).toEqual([[20, true]]);
});

it('leaves the states that are there when the storage is full, and keeps more when there is room again', async () => {
  let isFull = false;
  const store = storeThatRefuses(({ keyframes }) =>
    isFull && keyframes.length > 0 ? 'QuotaExceededError' : null,
  );
  const bench = new Bench(store);
  await settled();
  const train = async (from: number): Promise<void> => {
    bench.metrics(from, 10);
    bench.keep(from + 10);
    await settled();
  };
  await train(0);
  isFull = true;
  await train(10);
  await train(20);
  expect([await store.keyframeSteps('a'), (await store.metrics('a')).count]).toEqual([[10], 30]);
  isFull = false;
  await train(30);
  expect(await store.keyframeSteps('a')).toEqual([10]);
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
  await train(40);
  clock.mockRestore();
  expect([await store.keyframeSteps('a'), bench.problems]).toEqual([
    [10, 50],
    ['full', null],
  ]);
  // What a write that failed would have replaced is replaced by the next one.
  isFull = true;
  bench.recorder.hear({ type: 'runRecovered', runId: 'a', step: 20 });
  await train(20);
  expect([await store.keyframeSteps('a'), (await store.metrics('a')).count]).toEqual([[10], 30]);
});

it.each([
  ['UnknownError', 'failed'],
  // As a connection that a newer version of the page has closed.
  ['InvalidStateError', 'newer_page'],
])('leaves a store alone that takes nothing (%s), and says so once', async (name, problem) => {
  let writes = 0;
  const store = storeThatRefuses(() => {
    writes += 1;
    return name;
  });
  const bench = new Bench(store);
  await settled();
  for (let step = 0; step < 50; step += 10) {
    bench.metrics(step, 10);
    bench.keep(step + 10);
    await settled();
  }
  expect([bench.problems, writes]).toEqual([[problem], 1]);
});

it('says that nothing outlives the visit where there is no storage, and gives the page the states', async () => {
  const bench = new Bench(memoryRuns());
  await settled();
  bench.metrics(0, 10);
  bench.keep(10);
  await settled();
  expect(bench.problems).toEqual(['no_storage']);
  // And what was recorded, without the states, to be looked at during the visit.
  const page = memoryRuns();
  for (const event of bench.posted)
    if (event.type === 'runRecorded' && event.write !== null) await page.write(event.write as RunWrite);
  expect((await page.metrics('a')).count).toBe(10);
  expect(await page.keyframeSteps('a')).toEqual([]);
  expect(bench.kept).toEqual([[10, true]]);
});

it('knows its sweep, and whether another engine computed some of its steps', async () => {
  const store = memoryRuns();
  let engine: 'wasm' | 'webgpu' = 'wasm';
  const recorder = new RunRecorder({
    store: Promise.resolve(store),
    post: () => undefined,
    environment: () => ({
      engine,
      backend: engine,
      device: '',
      isSoftware: false,
      browser: '',
      pageVersion: '0',
    }),
  });
  const sweep = { id: 's', point: 2, keys: ['learningRate'] };
  const metrics = (firstStep: number): void =>
    recorder.hear({
      type: 'metrics',
      runId: 'a',
      seconds: 1,
      firstStep,
      loss: Float32Array.of(1),
      accuracy: Float32Array.of(1),
      learningRate: Float32Array.of(1),
    });
  recorder.begin('a', config, sweep);
  metrics(0);
  await settled();
  expect(await store.get('a')).toMatchObject({ sweep, switchedEngine: false });
  engine = 'webgpu';
  metrics(1);
  recorder.hear({ type: 'runChanged', runId: 'a', events: [] });
  await settled();
  expect(await store.get('a')).toMatchObject({ switchedEngine: true, environment: { engine: 'webgpu' } });
  recorder.begin('b', config);
  await recorder.reopen('a', config, {
    initial: { parameters: null, origin: drawnFromSeed },
    state: null,
    seconds: 0,
    events: [],
    testLosses: [],
    fullTestDue: false,
    isOver: false,
  });
  metrics(0);
  recorder.hear({ type: 'runChanged', runId: 'a', events: [] });
  await settled();
  expect(await store.get('a')).toMatchObject({ sweep, summary: { steps: 1 } });
});
