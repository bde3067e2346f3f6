/** The engine in use, one task at a time, with the images it needs. */
import type { Engine, ImageSet, Split } from '@/engine/engine';
import { Mutex } from '@/training/mutex';
import { NotReadyError } from '@/training/workerError';

/** The images that are there so far; data/mnist.ts's loader is one. */
export interface ImageSource {
  readonly training: ImageSet;
  readonly test: ImageSet;
}

export class EngineHost {
  readonly #source: ImageSource;
  readonly #mutex = new Mutex();
  #engine: Engine | null = null;
  #resident = { train: 0, test: 0 };

  constructor(source: ImageSource) {
    this.#source = source;
  }

  get engine(): Engine | null {
    return this.#engine;
  }

  /** Runs the task with the engine to itself. @throws NotReadyError where there is none */
  use<T>(task: (engine: Engine) => Promise<T>): Promise<T> {
    return this.#mutex.run(async () => {
      if (this.#engine === null) throw new NotReadyError('No backend is ready yet.');
      return task(this.#engine);
    });
  }

  /** The same for the training loop, which waits where there is none: gives null then. */
  useIfThere<T>(task: (engine: Engine) => Promise<T>): Promise<T | null> {
    return this.#mutex.run(async () => (this.#engine === null ? null : task(this.#engine)));
  }

  /** Replaces the engine: `leave` is the last use of the old one, `enter` the first of the new one. */
  replace(
    create: () => Promise<Engine>,
    leave: (engine: Engine) => Promise<void>,
    enter: (engine: Engine) => Promise<void>,
  ): Promise<Engine> {
    return this.#mutex.run(async () => {
      const old = this.#engine;
      if (old !== null) {
        await leave(old);
        this.#engine = null;
        old.dispose();
      }
      this.#resident = { train: 0, test: 0 };
      const engine = await create();
      this.#engine = engine;
      await enter(engine);
      return engine;
    });
  }

  /** One label an image; more room than there are images is allowed. */
  labels(split: Split): Uint8Array {
    return this.#images(split).labels;
  }

  available(split: Split): number {
    return this.#images(split).count;
  }

  /** Gives the engine what has arrived, where it has less than `needed`. Inside a `use` task only. */
  async makeResident(engine: Engine, split: Split, needed: number): Promise<void> {
    if (this.#resident[split] >= needed) return;
    const images = this.#images(split);
    await engine.setImages(split, images);
    this.#resident[split] = images.count;
  }

  dispose(): void {
    this.#engine?.dispose();
    this.#engine = null;
  }

  #images(split: Split): ImageSet {
    return split === 'train' ? this.#source.training : this.#source.test;
  }
}
