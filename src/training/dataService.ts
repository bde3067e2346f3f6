/** Loads MNIST for the worker and tells how far it is. */
import type { DataError } from '@/data/dataError';
import { MnistLoader, type DataProgress } from '@/data/mnist';
import type { ImageSet } from '@/data/imageSet';
import type { WorkerError, WorkerEvent } from '@/protocol/messages';
import type { ImageSets } from '@/training/engineHost';
import { toWorkerError } from '@/training/workerError';

export type DataEvent = Extract<WorkerEvent, { readonly type: 'dataProgress' | 'dataReady' | 'dataFailed' }>;

export interface DataServiceOptions {
  /** As data/mnist.ts takes it. */
  readonly baseUrl: string;
  readonly emit: (event: DataEvent) => void;
  /** More images are there, or loading has ended. */
  readonly onChange: () => void;
}

const progressMilliseconds = 100;

/** Images that have to be loaded. */
export interface LoadedImages extends ImageSets {
  /** Loads what is missing; repeat it after a failure. */
  load(): Promise<void>;
}

export class DataService implements LoadedImages {
  readonly #options: DataServiceOptions;
  readonly #loader: MnistLoader;
  #lastProgress = 0;
  #counts = '';

  constructor(options: DataServiceOptions) {
    this.#options = options;
    this.#loader = new MnistLoader({
      baseUrl: options.baseUrl,
      onProgress: (progress) => {
        this.#report(progress);
      },
    });
  }

  get training(): ImageSet {
    return this.#loader.training;
  }

  get test(): ImageSet {
    return this.#loader.test;
  }

  async load(): Promise<void> {
    const { emit, onChange } = this.#options;
    try {
      const errors = await this.#loader.load();
      emit(errors.length === 0 ? { type: 'dataReady' } : { type: 'dataFailed', error: inOne(errors) });
    } catch (error) {
      emit({ type: 'dataFailed', error: toWorkerError(error) });
    }
    onChange();
  }

  #report(progress: DataProgress): void {
    const counts = `${progress.trainingImages} ${progress.testImages}`;
    const isComplete = progress.loadedBytes === progress.totalBytes;
    const isNews = counts !== this.#counts || isComplete;
    const now = performance.now();
    if (!isNews && now - this.#lastProgress < progressMilliseconds) return;
    this.#lastProgress = now;
    this.#options.emit({ type: 'dataProgress', ...progress });
    if (counts !== this.#counts) this.#options.onChange();
    this.#counts = counts;
  }
}

/** Several files fail for one reason, mostly: the first is told in full, the others by name. */
function inOne(errors: readonly DataError[]): WorkerError {
  const [first, ...others] = errors;
  const told = toWorkerError(first);
  const subject = errors.map(({ file }) => file).join(', ');
  if (others.length === 0) return { ...told, subject };
  const message = `${told.message} The same goes for ${others.map(({ file }) => file).join(', ')}.`;
  return { ...told, message, subject };
}
