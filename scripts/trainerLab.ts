/** A trainer on a real engine and the real MNIST bytes, with its events at hand, for tests in Node. */
import type { BackendName } from '@/model/backend';
import type { ImageSet } from '@/data/imageSet';
import type { Engine, EngineError } from '@/engine/engine';
import { createTfjsEngine } from '@/engine/tfjs/backends';
import type { EngineState } from '@/model/engineState';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import type { FirstWeights, RunStatus } from '@/protocol/messages';
import type { RequestParams } from '@/protocol/requests';
import { memoryDataSets } from '@/storage/dataSets/dataSetStore';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { RangeTester } from '@/training/rangeTester';
import type { RequestContext } from '@/training/requests';
import { DataImports } from '@/training/dataSets/dataImports';
import { DataSets } from '@/training/dataSets/dataSets';
import { CurvatureMeter } from '@/training/curvature/curvatureMeter';
import { SecondEngine } from '@/training/secondEngine';
import type { RunEvent } from '@/training/runEvent';
import { Trainer } from '@/training/trainer';
import { mnistImages } from './mnistImages.ts';

export interface Images {
  training: ImageSet;
  test: ImageSet;
}

let images: Images | null = null;
/** All of MNIST, read once. */
export function mnist(): Images {
  images ??= { training: mnistImages('train'), test: mnistImages('test') };
  return { ...images };
}

/** A run on few images, so that an epoch is over soon; with momentum it learns in that time. */
export function smallRun(
  network: 'lenet' | 'mynn',
  steps: number,
  change: Partial<RunConfig> = {},
): RunConfig {
  const config = defaultConfig(network);
  const batchSize = change.batchSize ?? 16;
  return {
    ...config,
    optimizer: { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: false, weightDecay: 0 },
    learningRate: 0.05,
    batchSize,
    trainingImages: steps * batchSize,
    epochs: 2,
    ...change,
  };
}

/** Asks for the weights of the network at hand. */
export const weightsRequest = {
  format: 'safetensors',
  config: defaultConfig('mynn'),
  link: '',
  run: null,
} as const satisfies RequestParams<'exportFile'>;

export class Lab {
  readonly events: RunEvent[] = [];
  readonly kept: EngineState[] = [];
  readonly source: DataSets;
  readonly imports: DataImports;
  readonly trainer: Trainer;
  readonly rangeTests = new RangeTester();
  /** Nothing is recorded here. */
  readonly runs = Promise.resolve(memoryRuns());
  readonly withCopy: RequestContext['withCopy'] = (task) => this.trainer.withNetwork(task);
  readonly recordedRun = (): null => null;
  readonly second: SecondEngine;
  readonly curvature: CurvatureMeter;
  readonly hear = (event: RunEvent): void => void this.events.push(event);
  readonly showStep = (): Promise<null> => Promise.resolve(null);
  /** As the browser tells it of the device in use. */
  loseDevice: (error: EngineError) => void = () => undefined;
  readonly losses: EngineError[] = [];
  readonly #gone = new Set<BackendName>();
  #waiting: { readonly wanted: (event: RunEvent) => boolean; readonly resolve: () => void }[] = [];

  constructor(source: Images) {
    const mnistImages = {
      get training() {
        return source.training;
      },
      get test() {
        return source.test;
      },
      load: () => Promise.resolve(),
    };
    this.source = new DataSets({
      mnist: mnistImages,
      store: Promise.resolve(memoryDataSets()),
      onList: () => undefined,
      onChange: () => this.trainer.imagesArrived(),
    });
    this.imports = new DataImports(this.source);
    this.second = new SecondEngine({
      source: this.source,
      inUse: () => this.trainer.engineInfo,
      onBusy: () => undefined,
      open: async (onDeviceError) =>
        (await createTfjsEngine(this.trainer.engineInfo?.backend ?? 'wasm', { onDeviceError })).engine,
    });
    this.curvature = new CurvatureMeter(this.second, this.source);
    this.trainer = new Trainer({
      source: this.source,
      onEngineLost: (error, { backend }) => {
        this.losses.push(error);
        this.#gone.add(backend);
      },
      emit: (event) => {
        // Seen by tests that look for them; the others count what people see.
        if (event.type === 'runKept') this.kept.push(...(event.state === null ? [] : [event.state]));
        else if (event.type !== 'runChanged') this.events.push(event);
        for (const { wanted, resolve } of this.#waiting) if (wanted(event)) resolve();
      },
    });
  }

  useBackend(backend: BackendName): Promise<Engine> {
    return this.trainer.useEngine(async (onDeviceError) => {
      this.loseDevice = onDeviceError;
      return (await createTfjsEngine(backend, { onDeviceError, anew: this.#gone.has(backend) })).engine;
    });
  }

  /** The next event that is wanted. */
  next(wanted: (event: RunEvent) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ wanted, resolve });
    });
  }

  phase(phase: RunStatus['phase']): Promise<void> {
    return this.next((event) => event.type === 'runStatus' && event.status.phase === phase);
  }

  get status(): RunStatus {
    const last = this.events.findLast((event) => event.type === 'runStatus');
    if (last?.type !== 'runStatus') throw new Error('No status yet.');
    return last.status;
  }

  /** One metric of all steps, each at its own place. */
  metric(name: 'loss' | 'learningRate', runId = 'a'): number[] {
    const values: number[] = [];
    for (const event of this.events) {
      if (event.type !== 'metrics' || event.runId !== runId) continue;
      if (event.firstStep !== values.length) throw new Error(`A gap or overlap at step ${event.firstStep}.`);
      values.push(...event[name]);
    }
    return values;
  }

  evaluations(extent: 'quick' | 'full') {
    return this.events.flatMap((event) =>
      event.type === 'evaluated' && event.extent === extent ? [event] : [],
    );
  }

  /** Steps done when the engine is free. */
  stepNow(): Promise<number> {
    return this.trainer.withNetwork((_, run) => Promise.resolve(run.step));
  }

  async prepare(config: RunConfig, runId = 'a', weights: FirstWeights = 'seed'): Promise<void> {
    await this.trainer.prepare(runId, config, weights);
  }

  async train(until: 'step' | 'epoch' | 'end', runId = 'a'): Promise<void> {
    const rests = this.next(
      (event) =>
        event.type === 'runFailed' ||
        (event.type === 'runStatus' && ['paused', 'finished'].includes(event.status.phase)),
    );
    this.trainer.train(runId, until);
    await rests;
  }
}

const labs: Lab[] = [];

export async function openLab(source = mnist(), backend: BackendName = 'wasm'): Promise<Lab> {
  const lab = new Lab(source);
  labs.push(lab);
  await lab.useBackend(backend);
  return lab;
}

export function closeLabs(): void {
  for (const lab of labs.splice(0)) lab.trainer.dispose();
}
