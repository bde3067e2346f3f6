/** The engine in use, one task at a time, with the images it needs. */
import type { BackendInfo } from '@/model/backend';
import { emptyImageSet, type ImageSet, type Split } from '@/data/imageSet';
import { dataKey, type DataSpec } from '@/model/dataSet';
import type { Engine, EngineError } from '@/engine/engine';
import { GuardedEngine, type EngineGuardOptions } from '@/training/guardedEngine';
import { Mutex } from '@/training/mutex';
import { NotReadyError } from '@/training/workerError';

/** The images that are there so far; data/mnist.ts's loader is one. */
export interface ImageSets {
  /** Of MNIST. */
  readonly training: ImageSet;
  readonly test: ImageSet;
  /** Those of another data set, none before they are read; absent where MNIST alone can be had. */
  readonly of?: (data: DataSpec) => Pick<ImageSets, 'training' | 'test'>;
  /** Reads another data set. @throws DataMissingError where it is not kept */
  readonly open?: (data: DataSpec | undefined) => Promise<void>;
}

const noImages = { training: emptyImageSet, test: emptyImageSet } as const;

/** The images of a data set that are there so far. `data`: of a configuration. */
export function imagesOf(
  source: ImageSets,
  data: DataSpec | undefined,
): Pick<ImageSets, 'training' | 'test'> {
  return data === undefined ? source : (source.of?.(data) ?? noImages);
}

/** The same once the data set is read; of MNIST those that are there so far. @throws DataMissingError where it is not kept */
export async function openImages(
  source: ImageSets,
  data: DataSpec | undefined,
): Promise<Pick<ImageSets, 'training' | 'test'>> {
  await source.open?.(data);
  return imagesOf(source, data);
}

interface Resident {
  readonly data: string;
  readonly count: number;
}

const noneResident: Readonly<Record<Split, Resident>> = {
  train: { data: '', count: 0 },
  test: { data: '', count: 0 },
};

/** Makes an engine; `onDeviceError` hears of a lost device at once, from then on. */
export type CreateEngine = (onDeviceError: (error: EngineError) => void) => Promise<Engine>;

export interface EngineHostOptions {
  readonly source: ImageSets;
  /** The engine in use is gone; what it was doing has failed. */
  readonly onLost: (error: EngineError, info: BackendInfo) => void;
  readonly onBusy: EngineGuardOptions['onBusy'];
}

export class EngineHost {
  readonly #options: EngineHostOptions;
  readonly #mutex = new Mutex();
  #engine: GuardedEngine | null = null;
  #resident = noneResident;

  constructor(options: EngineHostOptions) {
    this.#options = options;
  }

  get engine(): Engine | null {
    return this.#engine;
  }

  /** Lets go of an engine that does not answer, and of whatever waits for it. */
  giveUp(error: EngineError): void {
    this.#engine?.giveUp(error);
  }

  /**
   * Runs the task with the engine to itself; it ends with the engine, so that the next is let in whatever it waits for.
   * @throws NotReadyError where there is none; EngineError `device` when it is lost
   */
  use<T>(task: (engine: Engine) => Promise<T>): Promise<T> {
    return this.#mutex.run(async () => {
      const engine = this.#engine;
      if (engine === null) throw new NotReadyError('No backend is ready yet.');
      return engine.during(() => task(engine));
    });
  }

  /** The same for the training loop, which waits where there is none: gives null then. */
  useIfThere<T>(task: (engine: Engine) => Promise<T>): Promise<T | null> {
    return this.#mutex.run(async () => {
      const engine = this.#engine;
      return engine === null ? null : engine.during(() => task(engine));
    });
  }

  /**
   * Replaces the engine: `leave` is the last use of the old one, `enter` the first of the new one.
   * @throws what `create` throws; EngineError `device` where the new one is lost at once
   */
  replace(
    create: CreateEngine,
    leave: (engine: Engine) => Promise<void>,
    enter: (engine: Engine) => Promise<void>,
  ): Promise<Engine> {
    return this.#mutex.run(async () => {
      const old = this.#engine;
      if (old !== null) {
        // One that is lost meanwhile has nothing left to be read.
        await old.during(() => leave(old)).catch(() => undefined);
        this.#engine = null;
        if (!old.isLost) old.dispose();
      }
      this.#resident = noneResident;
      const engine = await this.#open(create);
      await engine.during(() => enter(engine));
      return engine;
    });
  }

  async #open(create: CreateEngine): Promise<GuardedEngine> {
    let guarded: GuardedEngine | null = null;
    let early: EngineError | null = null;
    const engine = await create((error) => {
      early = error;
      guarded?.giveUp(error);
    });
    const { onLost, onBusy } = this.#options;
    const opened: GuardedEngine = new GuardedEngine(engine, {
      onBusy,
      onLost: (error) => {
        if (this.#engine === opened) this.#engine = null;
        opened.dispose();
        onLost(error, opened.info);
      },
    });
    guarded = opened;
    this.#engine = opened;
    if (early !== null) opened.giveUp(early);
    return opened;
  }

  /** One label an image; more room than there are images is allowed. */
  labels(split: Split, data: DataSpec | undefined): Uint8Array {
    return this.#images(split, data).labels;
  }

  available(split: Split, data: DataSpec | undefined): number {
    return this.#images(split, data).count;
  }

  /** Gives the engine what has arrived, where it has less than `needed`. Inside a `use` task only. */
  async makeResident(
    engine: Engine,
    split: Split,
    data: DataSpec | undefined,
    needed: number,
  ): Promise<void> {
    const key = dataKey(data);
    const resident = this.#resident[split];
    if (resident.data === key && resident.count >= needed) return;
    const images = this.#images(split, data);
    await engine.setImages(split, images);
    this.#resident = { ...this.#resident, [split]: { data: key, count: images.count } };
  }

  dispose(): void {
    this.#engine?.dispose();
    this.#engine = null;
  }

  #images(split: Split, data: DataSpec | undefined): ImageSet {
    const { training, test } = imagesOf(this.#options.source, data);
    return split === 'train' ? training : test;
  }
}
