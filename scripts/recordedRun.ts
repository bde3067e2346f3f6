/** A worker's command handler over a store of runs, in Node: to be cut at any moment, and followed by another. */
import type { Engine } from '@/engine/engine';
import { encodeWeights } from '@/formats/checkpoint';
import type { EngineState } from '@/model/engineState';
import { totalSteps } from '@/model/learningRate';
import type { RunConfig } from '@/model/runConfig';
import { configAt, nextChange, type RunEvent } from '@/model/runEvents';
import type { StateDict } from '@/model/tensor';
import { drawnFromSeed } from '@/model/weightsOrigin';
import type { Command, KeptRun, WorkerEvent } from '@/protocol/messages';
import type { RequestParams, RequestType, RequestValue } from '@/protocol/requests';
import { memoryDataSets, type DataSetStore } from '@/storage/dataSets/dataSetStore';
import type { RunStore } from '@/storage/runs/runStore';
import { createCommandHandler } from '@/training/commandHandler';
import { mnist, smallRun, weightsRequest } from './trainerLab.ts';

/** The worker looks in storage itself, and finds it there. */
export const nothingKept: KeptRun = {
  initial: { parameters: null, origin: drawnFromSeed },
  state: null,
  seconds: 0,
  events: [],
  testLosses: [],
  fullTestDue: false,
  isOver: false,
};

export class RecordedRunWorker {
  readonly events: WorkerEvent[] = [];
  readonly #hear: (command: Command) => void;
  #isCut = false;
  #engine: Engine | null = null;
  #waiting: (() => void)[] = [];

  /** The store is cut off with the worker: what it writes later does not arrive. */
  constructor(store: RunStore, create: () => Promise<Engine>, dataSets: DataSetStore = memoryDataSets()) {
    const images = mnist();
    this.#hear = createCommandHandler({
      post: (event) => {
        if (this.#isCut) return;
        this.events.push(event);
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const look of waiting) look();
      },
      data: () => ({ ...images, load: () => Promise.resolve() }),
      runs: Promise.resolve({
        ...store,
        write: (write) => (this.#isCut ? Promise.reject(new Error('Cut.')) : store.write(write)),
      }),
      dataSets: Promise.resolve(dataSets),
      visit: { browser: 'Node', pageVersion: '0' },
      backends: {
        probe: () => Promise.resolve([]),
        open: async () => {
          this.#engine = await create();
          return { engine: this.#engine, probes: [], fallbackReason: null };
        },
      },
    });
    this.send({ type: 'selectBackend', choice: 'auto', reference: false });
  }

  send(command: Command): void {
    if (!this.#isCut) this.#hear(command);
  }

  begin(config: RunConfig): void {
    this.send({ type: 'prepare', runId: 'a', config, weights: 'seed' });
    this.send({ type: 'train', runId: 'a', until: 'end' });
  }

  goOn(config: RunConfig, runId = 'a'): void {
    this.send({ type: 'restore', runId, config, kept: nothingKept });
    this.send({ type: 'train', runId, until: 'end' });
  }

  #requests = 0;

  /** @throws Error where it is refused */
  async request<K extends RequestType>(request: K, params: RequestParams<K>): Promise<RequestValue<K>> {
    this.#requests += 1;
    const requestId = this.#requests;
    const from = this.events.length;
    this.send({ type: 'request', requestId, request, params });
    let value: RequestValue<K> | undefined;
    await this.until(() => {
      for (const event of this.events.slice(from)) {
        if (event.type === 'requestFailed' && event.requestId === requestId)
          throw new Error(event.error.message);
        if (event.type === 'reply' && event.requestId === requestId)
          value = event.reply.value as RequestValue<K>;
      }
      return value !== undefined;
    });
    if (value === undefined) throw new Error('No answer.');
    return value;
  }

  /** Shows the run as it was after `step` steps: what is said of that, and the weights there as a file. */
  async show(
    step: number,
    runId = 'a',
  ): Promise<{
    readonly shown: RequestValue<'showStep'>;
    readonly file: Uint8Array;
  }> {
    const shown = await this.request('showStep', { runId, step, exactly: true });
    const { file } = await this.request('exportFile', shownWeights);
    return { shown, file: new Uint8Array(file) };
  }

  /** Steps that it has told of. */
  get steps(): number {
    const last = this.events.findLast((event) => event.type === 'metrics');
    return last?.type === 'metrics' ? last.firstStep + last.loss.length : 0;
  }

  async until(wanted: () => boolean): Promise<void> {
    while (!wanted()) {
      const failed = this.events.find(
        (event) => event.type === 'runFailed' || event.type === 'backendFailed',
      );
      if (failed !== undefined && 'error' in failed) throw new Error(failed.error.message);
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /** Until a run has ended and is written as such. */
  async end(store: RunStore, runId = 'a'): Promise<void> {
    await this.until(() => {
      const last = this.events.findLast((event) => event.type === 'runStatus' && event.runId === runId);
      return last?.type === 'runStatus' && last.status.phase === 'finished';
    });
    while ((await store.get(runId))?.phase !== 'finished') {
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    }
  }

  /** As a tab that is closed. */
  cut(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#hear({ type: 'stop', runId: 'a' });
    this.#engine?.dispose();
  }
}

/** Of a step on show a file has no history. */
const shownWeights = {
  ...weightsRequest,
  run: { step: 0 } as RequestParams<'exportFile'>['run'],
} as RequestParams<'exportFile'>;

/** What `show` says of a step that was computed exactly, where the run was computed. */
export const exactly = (step: number) => ({ step, secondsToExact: null, difference: null }) as const;

/** A short run of Adam, whose slots it needs to go on, over shuffled images. */
export function adamRun(
  network: Parameters<typeof smallRun>[0],
  steps: number,
  change: Partial<RunConfig>,
): RunConfig {
  return {
    ...smallRun(network, steps, { shuffle: true }),
    optimizer: { kind: 'Adam', beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 },
    learningRate: 0.001,
    ...change,
  };
}

/** The bits of a run that was not cut, and its weights after each of these steps as a file. */
export async function uncutFiles(
  config: RunConfig,
  events: readonly RunEvent[],
  create: () => Promise<Engine>,
  steps: Iterable<number>,
): Promise<{ readonly bits: RunBits; readonly files: ReadonlyMap<number, Uint8Array> }> {
  const files = new Map<number, Uint8Array>();
  const looks = [...steps].map(
    (step) =>
      [
        step,
        (parameters: StateDict): void => {
          files.set(step, encodeWeights(config.network, parameters));
        },
      ] as const,
  );
  const bits = await uncutBits(config, events, create, new Map(looks));
  return { bits, files };
}

/** All bits of a run. */
export interface RunBits {
  readonly loss: readonly number[];
  readonly learningRate: readonly number[];
  /** After the last step. */
  readonly state: EngineState | null;
}

/** Of the run as it is recorded. */
export async function bitsOf(store: RunStore, id = 'a'): Promise<RunBits> {
  const metrics = await store.metrics(id);
  return {
    loss: [...metrics.values('loss')],
    learningRate: [...metrics.values('learningRate')],
    state: await store.keyframe(id, metrics.count),
  };
}

/** Of the same run on an engine alone, from its first step to its last; `looks`: steps after which the parameters are told. */
export async function uncutBits(
  config: RunConfig,
  events: readonly RunEvent[],
  create: () => Promise<Engine>,
  looks: ReadonlyMap<number, (parameters: StateDict) => void> = new Map(),
): Promise<RunBits> {
  const engine = await create();
  await engine.setImages('train', mnist().training);
  const total = totalSteps(configAt(config, events, Infinity));
  const loss: number[] = [];
  const learningRate: number[] = [];
  let state: EngineState | undefined;
  for (let step = 0; step < total;) {
    const from = step;
    const next = [...looks.keys()].filter((look) => look > from);
    const until = Math.min(total, nextChange(events, step), ...next);
    await engine.compile(configAt(config, events, step), state);
    await engine.step(until - step);
    const metrics = await engine.readMetrics();
    loss.push(...metrics.loss);
    learningRate.push(...metrics.learningRate);
    state = await engine.readState();
    step = until;
    looks.get(step)?.(state.parameters);
  }
  engine.dispose();
  return { loss, learningRate, state: state ?? null };
}
