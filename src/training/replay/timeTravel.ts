/**
 * The network of the run at hand as it stood after an earlier step, its own or, before a branch began, its parent's: the nearest keyframe and
 * the steps from there once more, in the second engine, so that the run itself trains on untouched.
 */
import type { BackendInfo } from '@/model/backend';
import type { Engine } from '@/engine/engine';
import type { EngineState } from '@/model/engineState';
import { configAt, nextChange } from '@/model/runEvents';
import { afterTests, learningRateAt } from '@/model/learningRate';
import { dataOf, type DataSpec } from '@/model/dataSet';
import { stepsPerEpoch, type RunConfig } from '@/model/runConfig';
import { readsTests } from '@/model/schedules';
import type { ShownStep } from '@/protocol/requests';
import type { RunEnvironment } from '@/storage/runs/runSchema';
import type { RunStore } from '@/storage/runs/runStore';
import type { EngineHost } from '@/training/engineHost';
import { EventLoopYielder } from '@/training/eventLoop';
import { ownerOfStep } from '@/training/replay/ancestors';
import { largestDifference, mayDiffer } from '@/training/replay/difference';
import type { ReplayedRun } from '@/training/replay/replayedRun';
import type { SecondEngine, Tenant } from '@/training/secondEngine';
import { NotReadyError } from '@/training/workerError';

/** What is asked of a network besides its engine. */
export interface NetworkAtStep {
  readonly config: RunConfig;
  /** Steps done. */
  readonly step: number;
  /** Of the next step. */
  readonly learningRate: number;
}

export interface TimeTravelOptions {
  readonly store: Promise<RunStore>;
  readonly second: SecondEngine;
  readonly environmentOf: (info: BackendInfo) => RunEnvironment;
  /** Reads a data set of one's own. @throws DataMissingError where it is not kept */
  readonly openData: (data: DataSpec | undefined) => Promise<void>;
}

/** What takes longer is computed when a person asks for it. */
const unaskedSeconds = 2;
/** Between two looks whether something else is wanted. */
const turnMilliseconds = 15;
const progressMilliseconds = 500;

/** What an engine is to be given for step `step`. */
function settingsAt(run: ReplayedRun, step: number): RunConfig {
  return afterTests(configAt(run.config, run.events, step), run.testLosses, step);
}

/** Where those change next. */
function nextSettings({ config, events }: ReplayedRun, step: number): number {
  const perEpoch = stepsPerEpoch(config);
  const epochEnd = readsTests(config.schedule) ? (Math.floor(step / perEpoch) + 1) * perEpoch : Infinity;
  return Math.min(nextChange(events, step), epochEnd);
}

/** Another step is wanted. */
class Superseded extends Error {
  override readonly name = 'Superseded';
}

interface Place {
  readonly run: ReplayedRun;
  step: number;
}

export class TimeTravel {
  readonly #options: TimeTravelOptions;
  readonly #yielder = new EventLoopYielder();
  readonly #tenant: Tenant = {
    leave: async (engine) => {
      const place = this.#place;
      this.#place = null;
      // What nobody looks at can be computed again.
      if (place !== null && this.#isShowing) this.#left = { place, state: await engine.readState() };
    },
    lost: () => {
      this.#place = null;
    },
  };
  /** Where the engine stands; null: nowhere. */
  #place: Place | null = null;
  /** What is on show, while another tenant has the engine. */
  #left: { readonly place: Place; readonly state: EngineState } | null = null;
  /** Counts what is asked for; 0 while nobody looks back. */
  #turn = 0;
  #isShowing = false;
  #millisecondsPerStep: number | null = null;

  constructor(options: TimeTravelOptions) {
    this.#options = options;
  }

  /**
   * Goes to a step; null where another one was asked for meanwhile. exactly: however long it takes; else the nearest keyframe, where the
   * step itself would take long. perStep: milliseconds, as the run takes them. @throws NotReadyError where no keyframe is there;
   * DataMissingError where steps have to be computed, and what they are trained on is not kept
   */
  async show(
    run: ReplayedRun,
    step: number,
    options: { readonly exactly: boolean; readonly perStep: number | null },
    tell: (progress: { readonly step: number }) => void,
  ): Promise<ShownStep | null> {
    this.#turn += 1;
    const turn = this.#turn;
    this.#isShowing = true;
    this.#options.second.hold(this);
    try {
      return await this.#use((engine, host) => this.#go(engine, run, step, { ...options, host, turn, tell }));
    } catch (error) {
      if (error instanceof Superseded) return null;
      throw error;
    }
  }

  /** Requests are answered by the run itself again. */
  leave(): void {
    if (!this.#isShowing) return;
    this.#turn += 1;
    this.#isShowing = false;
    this.#left = null;
    this.#options.second.release(this);
  }

  /** Runs a task with the network that is shown. @throws NotReadyError where none is */
  use<T>(task: (engine: Engine, network: NetworkAtStep) => Promise<T>): Promise<T> {
    return this.#use((engine) => {
      if (this.#place === null) throw new NotReadyError('No step is shown.');
      const { run, step } = this.#place;
      const config = settingsAt(run, step);
      return task(engine, { config, step, learningRate: learningRateAt(config, step) });
    });
  }

  #use<T>(task: (engine: Engine, host: EngineHost) => Promise<T>): Promise<T> {
    return this.#options.second.use(this.#tenant, async (engine, host) => {
      const left = this.#left;
      this.#left = null;
      if (left !== null) await this.#put(engine, left.place, left.state);
      return task(engine, host);
    });
  }

  /** Compiles the run in the engine, at this place. */
  async #put(engine: Engine, { run, step }: Place, state: EngineState | undefined): Promise<void> {
    this.#place = null;
    await engine.compile(settingsAt(run, step), state);
    engine.setStatisticsInterval(null);
    this.#place = { run, step };
  }

  async #go(engine: Engine, atHand: ReplayedRun, asked: number, going: Going): Promise<ShownStep> {
    const { exactly, perStep, turn } = going;
    const store = await this.#options.store;
    const { run, end } = await ownerOfStep(atHand, asked, store);
    const keyframes = [...new Set([run.firstStep, ...(await store.keyframeSteps(run.id))])].toSorted(
      (a, b) => a - b,
    );
    this.#expect(turn);
    const before = keyframes.findLast((one) => one <= asked) ?? run.firstStep;
    const stands = this.#standsBetween(run, before, asked);
    const milliseconds = this.#millisecondsPerStep ?? perStep;
    const seconds = ((asked - (stands ?? before)) * (milliseconds ?? 0)) / 1000;
    const isTooFar = !exactly && seconds > unaskedSeconds;
    const shared = keyframes.filter((one) => one <= end);
    const step = isTooFar ? nearest(shared, asked) : asked;
    const from = keyframes.findLast((one) => one <= step) ?? run.firstStep;
    const stood = this.#standsBetween(run, from, step);
    if (stood === null) await this.#enter(engine, run, from);
    else {
      // The run may have gone on since, and its settings have changed at this very step.
      this.#place = { run, step: stood };
      await this.#change(engine, this.#place);
    }
    await this.#replay(engine, step, going);
    const difference =
      isTooFar || keyframes.includes(step) ? null : await this.#difference(engine, keyframes, going);
    return { step, secondsToExact: isTooFar ? seconds : null, difference };
  }

  /** The step at which the engine holds this run, where that is on the way. */
  #standsBetween(run: ReplayedRun, from: number, to: number): number | null {
    const place = this.#place;
    const isThere = place?.run.id === run.id && place.step >= from && place.step <= to;
    return isThere ? place.step : null;
  }

  async #enter(engine: Engine, run: ReplayedRun, step: number): Promise<void> {
    const state = await (await this.#options.store).keyframe(run.id, step);
    if (state === null && step > 0) throw new NotReadyError(`Step ${step} is not kept any more.`);
    await this.#put(engine, { run, step }, state ?? undefined);
  }

  /** From where the engine stands to a later step. */
  async #replay(engine: Engine, to: number, { host, turn, tell }: Going): Promise<void> {
    const place = this.#place;
    if (place === null || place.step === to) return;
    const { data, trainingImages } = place.run.config;
    await this.#options.openData(data);
    if (host.available('train', data) < trainingImages)
      throw new NotReadyError(`The training images of ${dataOf({ data }).name} are not there.`);
    await host.makeResident(engine, 'train', data, trainingImages);
    const begun = { at: performance.now(), step: place.step };
    let looked = begun.at;
    let told = begun.at;
    while (place.step < to) {
      const change = nextSettings(place.run, place.step);
      const most = engine.info.engine === 'webgpu' ? 16 : 1;
      const count = Math.min(most, to - place.step, change - place.step);
      await engine.step(count);
      place.step += count;
      if (place.step === change) await this.#change(engine, place);
      const now = performance.now();
      if (now - looked < turnMilliseconds) continue;
      // What is queued on a GPU is done before more is.
      await engine.readMetrics();
      if (now - told > progressMilliseconds) {
        tell({ step: place.step });
        told = now;
      }
      await this.#yielder.turn();
      this.#expect(turn);
      looked = performance.now();
    }
    await engine.readMetrics();
    this.#millisecondsPerStep = (performance.now() - begun.at) / (to - begun.step);
  }

  /** Settings that were changed in flight. */
  async #change(engine: Engine, place: Place): Promise<void> {
    const { run, step } = place;
    const config = settingsAt(run, step);
    if (engine.config?.epochs === config.epochs) engine.setLearningRate(config.learningRate);
    else await engine.compile(config, await engine.readState());
  }

  /** How far the replayed bits are from the run's at the next keyframe, where they may differ; the engine stands as before. */
  async #difference(
    engine: Engine,
    keyframes: readonly number[],
    going: Going,
  ): Promise<ShownStep['difference']> {
    const place = this.#place;
    const now = this.#options.environmentOf(engine.info);
    if (place === null || !mayDiffer(place.run.environment, now)) return null;
    const { run, step } = place;
    const next = keyframes.find((one) => one > step);
    const expected = next === undefined ? null : await (await this.#options.store).keyframe(run.id, next);
    const isFar = ((next ?? 0) - step) * (this.#millisecondsPerStep ?? 0) > 1000 * unaskedSeconds;
    if (next === undefined || expected === null || isFar) return { step: null, largest: null };
    const state = await engine.readState();
    await this.#replay(engine, next, going);
    const largest = largestDifference(expected.parameters, await engine.readParameters());
    await this.#put(engine, { run, step }, state);
    return { step: next, largest };
  }

  #expect(turn: number): void {
    if (turn !== this.#turn) throw new Superseded();
  }
}

interface Going {
  readonly host: EngineHost;
  readonly exactly: boolean;
  readonly perStep: number | null;
  readonly turn: number;
  readonly tell: (progress: { readonly step: number }) => void;
}

function nearest(steps: readonly number[], wanted: number): number {
  return steps.reduce(
    (best, step) => (Math.abs(step - wanted) < Math.abs(best - wanted) ? step : best),
    steps[0] ?? 0,
  );
}
