/** How long a call of an engine may take, by the work that it is: until the engine was measured, as on the slowest device. */
import type { BackendName } from '@/model/backend';
import { networkCost } from '@/model/cost';
import { initialisationWork } from '@/model/initialise';
import type { RunConfig } from '@/model/runConfig';
import { inputShape } from '@/model/shapes';

/** `transfer`: data to or from the engine; `readMetrics` waits for the steps that were queued. */
export type CallKind = 'compile' | 'step' | 'readMetrics' | 'forward' | 'inspect' | 'transfer';

/** A GPU compiles its programs when they are first needed; software ones take a minute for a large network. */
const compilingSeconds = 180;
/** Beside the work: a busy machine, a driver that wakes up. Long, since most losses are told by the browser at once. */
const restSeconds = 60;
/** Of one parameter, drawn from the seed, packed and uploaded. */
const secondsPerParameter = 1e-6;
/** Operations a second of drawing weights, which the thread makes itself. */
const drawingRate = 5e8;
/** Operations a second that every device makes at least. */
const slowestRate = { webgpu: 1e8, webgl: 1e8, wasm: 2e8, cpu: 2e7 } as const satisfies Record<
  BackendName,
  number
>;
/** A call takes no longer than so many times the last one, operation by operation. */
const tolerance = 10;
/** The page waits so long for a sign in any case. */
const unannouncedSeconds = 4;
/** tfjs compiles WebGL's shaders in the thread, at the first call of each kind. */
const shaderSeconds = 60;

/** Forward, and backward through weights and inputs. */
const passes = { compile: 0, step: 3, readMetrics: 0, forward: 1, inspect: 3, transfer: 0 } as const;

const compiles = {
  compile: true,
  step: true,
  readMetrics: false,
  forward: true,
  inspect: true,
  transfer: false,
} as const satisfies Record<CallKind, boolean>;

export interface CallLimits {
  /** After so long the device is taken for dead. */
  readonly limitSeconds: number;
  /** How long the thread may be deaf; null where that is not worth a word. */
  readonly busySeconds: number | null;
}

export class WorkClock {
  readonly #backend: BackendName;
  readonly #now: () => number;
  /** A step's images; of a call that runs the network, operations for an image. */
  #run = { batchSize: 1, flops: 0, parameters: 0, drawing: 0 };
  #secondsPerFlop: number;
  /** Queued on a GPU and not waited for yet. */
  #queued = { flops: 0, since: 0 };
  #begun = { flops: 0, at: 0 };
  readonly #met = new Set<string>();

  /** now: a clock in milliseconds */
  constructor(backend: BackendName, now: () => number = () => performance.now()) {
    this.#backend = backend;
    this.#now = now;
    this.#secondsPerFlop = 1 / slowestRate[backend];
  }

  get #computesInThread(): boolean {
    return this.#backend === 'wasm' || this.#backend === 'cpu';
  }

  /** The next calls are about this run. */
  meet(config: RunConfig): void {
    this.#queued.flops = 0;
    this.#met.clear();
    try {
      const { flops, parameters } = networkCost(config.network, inputShape(config.input));
      const drawing = initialisationWork(config.network);
      this.#run = { batchSize: config.batchSize, flops, parameters, drawing };
    } catch {
      // It does not fit together: compiling says so at once.
      this.#run = { batchSize: 1, flops: 0, parameters: 0, drawing: 0 };
    }
  }

  /** count: steps, or images */
  begin(kind: CallKind, count: number): CallLimits {
    const { batchSize, flops, parameters, drawing } = this.#run;
    const images = kind === 'step' ? count * batchSize : count;
    const work = kind === 'readMetrics' ? this.#queued.flops : passes[kind] * images * flops;
    this.#begun = { flops: work, at: this.#now() };
    const moved = kind === 'compile' || kind === 'transfer' ? parameters * secondsPerParameter : 0;
    const drawn = kind === 'compile' ? drawing / drawingRate : 0;
    const seconds = work * this.#secondsPerFlop + moved + drawn;
    // WebGL's shaders may still be compiled when a result is first waited for.
    const mayCompile = compiles[kind] || this.#backend === 'webgl';
    const limitSeconds = restSeconds + seconds + (mayCompile ? compilingSeconds : 0);
    return { limitSeconds, busySeconds: this.#busySeconds(`${kind} ${count}`, kind, seconds) };
  }

  end(kind: CallKind): void {
    const now = this.#now();
    const { flops, at } = this.#begun;
    if (this.#computesInThread) {
      if (flops > 0) this.#measured(flops, now - at);
    } else if (kind === 'step') {
      if (this.#queued.flops === 0) this.#queued.since = at;
      this.#queued.flops += flops;
    } else if (kind === 'readMetrics' && this.#queued.flops > 0) {
      this.#measured(this.#queued.flops, now - this.#queued.since);
      this.#queued.flops = 0;
    }
  }

  #measured(flops: number, milliseconds: number): void {
    this.#secondsPerFlop = (tolerance * milliseconds) / 1000 / flops;
  }

  #busySeconds(call: string, kind: CallKind, seconds: number): number | null {
    const shaders = this.#backend === 'webgl' && compiles[kind] && !this.#met.has(call) ? shaderSeconds : 0;
    this.#met.add(call);
    const inThread = this.#computesInThread || kind === 'compile' || kind === 'transfer' ? seconds : 0;
    const busy = inThread + shaders;
    return busy > unannouncedSeconds ? busy : null;
  }
}
