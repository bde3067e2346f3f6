// Engines that are lost, fall silent or cannot be had, under the real handler: the run goes on from where it was kept.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EngineError, type Engine } from '@/engine/engine';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import type { BackendName } from '@/model/backend';
import type { RunConfig } from '@/model/runConfig';
import { drawnFromSeed } from '@/model/weightsOrigin';
import type { Command, KeptRun, WorkerEvent } from '@/protocol/messages';
import { mnist, smallRun } from '../../scripts/trainerLab.ts';
import { nodeHost } from '../../scripts/wasm/nodeHost.ts';
import { createCommandHandler } from './commandHandler';
import type { EngineRequest } from './openEngine';
import { memoryRuns } from '@/storage/runs/memoryRuns';

const images = mnist();
const config = smallRun('lenet', 40, { epochs: 1 });
const gpu: BackendName = 'webgpu';

/** Changes one engine that is opened; the one-thread engine under the name of any backend. */
type Fault = (engine: Engine) => Engine;

class Bench {
  readonly events: WorkerEvent[] = [];
  readonly requests: EngineRequest[] = [];
  readonly send: (command: Command) => void;
  /** As the browser tells it of the engine in use. */
  lose: (error: EngineError) => void = () => undefined;
  /** What each backend does when it is opened next; absent: it works. */
  readonly faults = new Map<BackendName, (Fault | 'refuses')[]>();
  #heard: (() => void)[] = [];

  constructor() {
    this.send = createCommandHandler({
      post: (event) => {
        this.events.push(event);
        for (const look of this.#heard) look();
      },
      data: () => ({ ...images, load: () => Promise.resolve() }),
      runs: Promise.resolve(memoryRuns()),
      visit: { browser: 'Node', pageVersion: '0' },
      backends: {
        probe: () => Promise.resolve([]),
        open: async (request, onDeviceError) => {
          this.requests.push(request);
          const { choice, recovery } = request;
          const order: BackendName[] = [recovery?.first ?? 'wasm', choice === 'auto' ? gpu : choice, 'wasm'];
          if (recovery === null || recovery === undefined) order.shift();
          for (const backend of order) {
            if (recovery?.avoid.has(backend) === true) continue;
            const fault = this.faults.get(backend)?.shift();
            if (fault === 'refuses') continue;
            // oxlint-disable-next-line no-await-in-loop
            const engine = named(await createWasmEngine({ host: nodeHost(), threads: 1 }), backend);
            this.lose = onDeviceError;
            return { engine: fault?.(engine) ?? engine, probes: [], fallbackReason: null };
          }
          throw new EngineError('unsupported', 'Nothing starts.');
        },
      },
    });
    opened.push(this);
  }

  start(choice: 'auto' | BackendName = 'auto', run: RunConfig = config): void {
    this.send({ type: 'selectBackend', choice, reference: false });
    this.send({ type: 'prepare', runId: 'a', config: run, weights: 'seed' });
    this.send({ type: 'train', runId: 'a', until: 'end' });
  }

  /** Until an event of this kind comes that is wanted. */
  until<T extends WorkerEvent['type']>(
    type: T,
    wanted: (event: Extract<WorkerEvent, { readonly type: T }>) => boolean = () => true,
  ): Promise<void> {
    const from = this.events.length;
    return new Promise((resolve) => {
      this.#heard.push(() => {
        const found = this.events
          .slice(from)
          .some(
            (event) => event.type === type && wanted(event as Extract<WorkerEvent, { readonly type: T }>),
          );
        if (found) resolve();
      });
    });
  }

  phase(phase: string): Promise<void> {
    return this.until('runStatus', ({ status }) => status.phase === phase);
  }

  all<T extends WorkerEvent['type']>(type: T) {
    return this.events.flatMap((event) =>
      event.type === type ? [event as Extract<WorkerEvent, { readonly type: T }>] : [],
    );
  }

  /** Losses as the page keeps them: a step that is trained again replaces what was there. */
  get losses(): number[] {
    const losses: number[] = [];
    for (const { firstStep, loss } of this.all('metrics')) {
      expect(firstStep, 'no gap').toBeLessThanOrEqual(losses.length);
      losses.length = firstStep;
      losses.push(...loss);
    }
    return losses;
  }
}

const opened: Bench[] = [];
const lostDevice = () => new EngineError('device', 'The GPU device was lost: test');

function named(engine: Engine, backend: BackendName): Engine {
  return changed(engine, { info: { ...engine.info, backend } });
}

function changed(engine: Engine, part: Partial<Engine>): Engine {
  return new Proxy(engine, {
    get: (target, key) => {
      const value: unknown =
        Reflect.get({ ...part, [Symbol.iterator]: undefined }, key) ?? Reflect.get(target, key);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}

/** Breaks after so many steps, in this way. */
function breaksAfter(steps: number, how: () => Promise<never>): Fault {
  let done = 0;
  return (engine) =>
    changed(engine, {
      step: async (count) => {
        if (done >= steps) return how();
        done += count;
        return engine.step(count);
      },
    });
}
/** Falls silent after five steps; `silent` comes when it does. */
function silenced(): { readonly fault: Fault; readonly silent: Promise<void> } {
  let told: () => void = () => undefined;
  const silent = new Promise<void>((resolve) => {
    told = resolve;
  });
  const fault = breaksAfter(5, () => {
    told();
    return new Promise(() => undefined);
  });
  return { fault, silent };
}

let expected: number[] | null = null;
async function uninterrupted(): Promise<number[]> {
  if (expected !== null) return expected;
  const bench = new Bench();
  const finished = bench.phase('finished');
  bench.start('wasm');
  await finished;
  expected = bench.losses;
  expect(expected).toHaveLength(40);
  return expected;
}

afterEach(() => {
  vi.useRealTimers();
  for (const bench of opened.splice(0)) bench.send({ type: 'stop', runId: 'a' });
});

describe('a lost device', () => {
  it('is made anew, and the run goes on from where it was kept', async () => {
    const losses = await uninterrupted();
    const bench = new Bench();
    bench.start();
    await bench.until('metrics');
    bench.send({ type: 'pause', runId: 'a' });
    await bench.until('runKept');
    const step = bench.all('runKept').at(-1)?.step ?? 0;
    expect(step).toBeGreaterThan(0);
    bench.send({ type: 'train', runId: 'a', until: 'end' });
    await bench.until('metrics');
    const finished = bench.phase('finished');
    bench.lose(lostDevice());
    await finished;
    expect(bench.all('backendLost')).toMatchObject([{ backend: gpu, error: { code: 'device' } }]);
    expect(bench.all('runRecovered')).toMatchObject([{ step }]);
    expect(bench.requests[1]).toMatchObject({ recovery: { first: gpu } });
    expect(bench.requests[1]?.gone?.has(gpu)).toBe(true);
    expect(bench.losses).toEqual(losses);
    expect(bench.all('runFailed')).toEqual([]);
  });

  it('that is lost again at once gives way to the next engine, which says so', async () => {
    const losses = await uninterrupted();
    const bench = new Bench();
    bench.faults.set(gpu, [
      breaksAfter(3, () => Promise.reject(lostDevice())),
      breaksAfter(1, () => Promise.reject(lostDevice())),
    ]);
    const finished = bench.phase('finished');
    bench.start();
    await finished;
    const engines = bench.all('backendReady').map(({ backend }) => backend);
    expect(engines.map(({ backend }) => backend)).toEqual([gpu, gpu, 'wasm']);
    expect(engines.at(-1)?.notices).toMatchObject([{ reason: 'engine_lost' }]);
    expect(bench.losses).toEqual(losses);
  });

  it('is told apart from the errors that follow from it', async () => {
    const bench = new Bench();
    bench.faults.set(gpu, [
      breaksAfter(2, () => {
        setTimeout(() => bench.lose(lostDevice()), 20);
        return Promise.reject(new DOMException('The buffer is unmapped.', 'AbortError'));
      }),
    ]);
    const finished = bench.phase('finished');
    bench.start();
    await finished;
    expect(bench.all('runFailed')).toEqual([]);
    expect(bench.all('backendLost')).toHaveLength(1);
  });

  it('that nothing can replace leaves the run to another choice', async () => {
    const losses = await uninterrupted();
    const bench = new Bench();
    bench.faults.set(gpu, [breaksAfter(5, () => Promise.reject(lostDevice())), 'refuses', 'refuses']);
    bench.faults.set('wasm', ['refuses']);
    const failed = bench.until('backendFailed');
    bench.start();
    await failed;
    expect(bench.all('runFailed')).toMatchObject([{ error: { code: 'device' } }]);
    const finished = bench.phase('finished');
    bench.send({ type: 'selectBackend', choice: 'auto', reference: false });
    bench.send({ type: 'train', runId: 'a', until: 'end' });
    await finished;
    expect(bench.losses).toEqual(losses);
  });
});

describe('an engine that does not answer', () => {
  it('lets go when another is chosen', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const losses = await uninterrupted();
    const bench = new Bench();
    const { fault, silent } = silenced();
    bench.faults.set(gpu, [fault]);
    bench.start(gpu);
    await silent;
    const finished = bench.phase('finished');
    bench.send({ type: 'selectBackend', choice: 'wasm', reference: false });
    await vi.advanceTimersByTimeAsync(5000);
    await finished;
    expect(bench.all('backendReady').map(({ backend }) => backend.backend)).toEqual([gpu, 'wasm']);
    expect(bench.losses).toEqual(losses);
  });

  it('is given up after a while, and every wait for it ends', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const bench = new Bench();
    const { fault, silent } = silenced();
    bench.faults.set(gpu, [fault]);
    bench.start();
    await silent;
    const params = { images: new Uint8Array(784), count: 1 };
    bench.send({ type: 'request', requestId: 1, request: 'predict', params });
    const finished = bench.phase('finished');
    let seconds = 0;
    for (; bench.all('backendLost').length === 0 && seconds < 600; seconds += 1) {
      // oxlint-disable-next-line no-await-in-loop
      await vi.advanceTimersByTimeAsync(1000);
    }
    await finished;
    expect(bench.all('backendLost')).toMatchObject([
      { error: { message: expect.stringMatching(/not answered/) } },
    ]);
    expect([...bench.all('requestFailed'), ...bench.all('reply')]).toMatchObject([{ requestId: 1 }]);
  });
});

it('a run goes on in another worker from where the page kept it', async () => {
  const losses = await uninterrupted();
  const first = new Bench();
  first.start('wasm');
  await first.until('metrics');
  first.send({ type: 'pause', runId: 'a' });
  await first.until('runKept');
  const state = first.all('runKept').at(-1)?.state ?? null;
  const initial = { parameters: null, origin: drawnFromSeed };
  const kept: KeptRun = structuredClone({
    initial,
    state,
    seconds: 0,
    events: [],
    testLosses: [],
    fullTestDue: false,
    isOver: false,
  });

  const second = new Bench();
  const finished = second.phase('finished');
  second.send({ type: 'selectBackend', choice: 'wasm', reference: false });
  second.send({ type: 'restore', runId: 'a', config, kept });
  second.send({ type: 'train', runId: 'a', until: 'end' });
  await finished;
  const step = state?.step ?? 0;
  expect(second.all('metrics')[0]?.firstStep).toBe(step);
  expect(second.all('metrics').flatMap(({ loss }) => [...loss])).toEqual(losses.slice(step));
});

it('a worker that is asked for a sign gives one', () => {
  const bench = new Bench();
  bench.send({ type: 'ping' });
  expect(bench.events).toEqual([{ type: 'pong' }]);
});
