/**
 * Which engine runs: the one that a person chose, and after a loss the next that works. The same backend first, on a device made
 * anew; where that is lost again before the run got on, the others in the order of choice.
 */
import type { BackendInfo, BackendName, BackendProbe, EngineNotice } from '@/model/backend';
import type { EngineError } from '@/engine/engine';
import type { BackendDescription, WorkerEvent } from '@/protocol/messages';
import type { EngineRequest, OpenedEngine } from '@/training/openEngine';
import type { Trainer } from '@/training/trainer';
import { toWorkerError } from '@/training/workerError';

/** Finds out what this machine can do, and opens what was chosen. */
export interface Backends {
  readonly probe: () => Promise<readonly BackendProbe[]>;
  /**
   * `onDeviceError` hears of a lost device at once, `onInfoChange` of an engine that is no longer what it said.
   * @throws EngineError when the choice does not work here
   */
  readonly open: (
    request: EngineRequest,
    onDeviceError: (error: EngineError) => void,
    onInfoChange: () => void,
  ) => Promise<OpenedEngine>;
}

export type Choice = Pick<EngineRequest, 'choice' | 'reference'>;

interface Loss {
  readonly backend: BackendName;
  /** Steps that were kept then. */
  readonly step: number;
  readonly error: EngineError;
}

export interface EngineSelectionOptions {
  readonly trainer: Trainer;
  readonly backends: Backends;
  readonly post: (event: WorkerEvent) => void;
}

/** So often the engine is opened anew; then a person has to choose. */
const mostLosses = 6;

export class EngineSelection {
  readonly #options: EngineSelectionOptions;
  #choice: Choice | null = null;
  /** Without a step kept in between. */
  #losses: Loss[] = [];
  /** Backends whose device is gone. */
  #gone: ReadonlySet<BackendName> = new Set();
  /** Counts choices: one that was replaced by another has nothing more to say. */
  #turn = 0;
  #isOpening = false;
  /** The old engine has to go first. */
  #isLeaving = false;

  constructor(options: EngineSelectionOptions) {
    this.#options = options;
  }

  /** Opens what a person chose; a choice that is still being opened is left. */
  async select(choice: Choice): Promise<void> {
    this.#choice = choice;
    // Nothing is avoided any more: a person may know that it works again.
    this.#losses = [];
    await this.#open();
  }

  /** The engine that was in use is gone. */
  lost(error: EngineError, { backend }: BackendInfo): void {
    const step = this.#options.trainer.keptStep;
    // The run got on since the last loss: this one is a new story.
    if (step > (this.#losses.at(-1)?.step ?? step)) this.#losses = [];
    // One that did not let go when another was chosen is no reason to try others.
    if (!this.#isLeaving) this.#losses.push({ backend, step, error });
    this.#gone = new Set([...this.#gone, backend]);
    this.#options.post({ type: 'backendLost', backend, error: toWorkerError(error) });
    if (!this.#isOpening) void this.#open();
  }

  async #open(): Promise<void> {
    const { trainer, backends, post } = this.#options;
    this.#turn += 1;
    const turn = this.#turn;
    this.#isOpening = true;
    for (;;) {
      const losses = this.#losses.length;
      try {
        // Again only where what was opened is lost at once.
        // oxlint-disable-next-line no-await-in-loop
        await this.#openOnce(turn);
        break;
      } catch (error) {
        if (turn !== this.#turn) return;
        if (this.#losses.length > losses && this.#losses.length < mostLosses) continue;
        const last = this.#losses.at(-1);
        if (last !== undefined) trainer.noEngine(last.error);
        // oxlint-disable-next-line no-await-in-loop
        post({ type: 'backendFailed', error: toWorkerError(error), probes: await backends.probe() });
        break;
      }
    }
    if (turn === this.#turn) this.#isOpening = false;
  }

  async #openOnce(turn: number): Promise<void> {
    const { trainer, backends, post } = this.#options;
    this.#isLeaving = true;
    await trainer.useEngine(async (onDeviceError) => {
      this.#isLeaving = false;
      if (turn !== this.#turn) throw new Error('Another engine was chosen.');
      post({ type: 'backendProbing' });
      let opened: OpenedEngine | null = null;
      const announce = (): void => {
        if (opened === null || turn !== this.#turn) return;
        post({ type: 'backendReady', backend: this.#describe(opened), probes: opened.probes });
      };
      opened = await backends.open(this.#request(), onDeviceError, announce);
      const { backend } = opened.engine.info;
      this.#gone = new Set([...this.#gone].filter((one) => one !== backend));
      announce();
      return opened.engine;
    });
  }

  #request(): EngineRequest {
    const { choice, reference } = this.#choice ?? { choice: 'auto', reference: false };
    const last = this.#losses.at(-1);
    return {
      choice,
      reference,
      gone: this.#gone,
      recovery: last === undefined ? null : { first: last.backend, avoid: avoided(this.#losses) },
    };
  }

  #describe({ engine, fallbackReason }: OpenedEngine): BackendDescription {
    const { notices = [], ...info } = engine.info;
    const loss = this.#losses.findLast(({ backend }) => backend !== info.backend);
    const all: readonly EngineNotice[] =
      loss === undefined ? notices : [...notices, { reason: 'engine_lost', detail: loss.error.message }];
    return {
      ...info,
      ...(all.length === 0 ? {} : { notices: all }),
      ...(fallbackReason === null ? {} : { fallbackReason }),
    };
  }
}

/** Backends that were lost twice without a step kept in between: they would be lost again. */
function avoided(losses: readonly Loss[]): ReadonlySet<BackendName> {
  const again = losses.filter((loss, i) =>
    losses.slice(0, i).some(({ backend, step }) => backend === loss.backend && step >= loss.step),
  );
  return new Set(again.map(({ backend }) => backend));
}
