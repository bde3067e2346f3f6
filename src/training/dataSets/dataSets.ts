/** All data that runs train on: MNIST as it loads, data sets of one's own out of storage, and either with own drawings mixed in. */
import { emptyImageSet, type ImageSet } from '@/data/imageSet';
import type { LabelledImages } from '@/model/dataImport';
import { dataKey, isMnist, type DataSpec } from '@/model/dataSet';
import type { DataPart, DataSetStore, KeptDataSet } from '@/storage/dataSets/dataSetStore';
import type { LoadedImages } from '@/training/dataService';
import type { ImageSets } from '@/training/engineHost';
import { DataMissingError } from '@/training/dataSets/dataImportError';
import { checksumOf } from '@/training/dataSets/checksum';
import { mixDrawings } from '@/training/dataSets/mixDrawings';

type Sets = Pick<ImageSets, 'training' | 'test'>;

/** Data sets that stay in memory at once, besides MNIST. */
const mostSets = 3;

const asSet = ({ images, labels }: LabelledImages): ImageSet => ({ images, labels, count: labels.length });

export interface DataSetsOptions {
  readonly mnist: LoadedImages;
  readonly store: Promise<DataSetStore>;
  /** What is kept has changed, or was read. */
  readonly onList: (sets: readonly KeptDataSet[], isPersistent: boolean) => void;
  /** More images can be had. */
  readonly onChange: () => void;
}

export class DataSets implements LoadedImages {
  readonly #options: DataSetsOptions;
  /** What was read of storage, by checksum; the one used last stands last. */
  readonly #read = new Map<string, Sets>();
  readonly #drawings = new Map<string, LabelledImages>();
  readonly #mixed = new Map<string, Sets>();
  readonly #opening = new Map<string, Promise<void>>();
  /** Not kept, by key; looked for again once something is kept. */
  readonly #missing = new Set<string>();

  constructor(options: DataSetsOptions) {
    this.#options = options;
  }

  get training(): ImageSet {
    return this.#options.mnist.training;
  }

  get test(): ImageSet {
    return this.#options.mnist.test;
  }

  async load(): Promise<void> {
    void this.tell();
    await this.#options.mnist.load();
  }

  /** Says what is kept. */
  async tell(): Promise<void> {
    const store = await this.#options.store;
    this.#options.onList(await store.list(), store.isPersistent);
  }

  /** What is not in memory is read, where it is kept; whoever waits hears of it. */
  of(data: DataSpec): Sets {
    if (!this.#isRead(data) && !this.#missing.has(dataKey(data))) void this.open(data).catch(() => undefined);
    return this.#inMemory(data);
  }

  #isRead(data: DataSpec): boolean {
    const isBase = isMnist(data) || this.#read.has(data.sha256);
    return isBase && (data.drawings === undefined || this.#drawings.has(data.drawings.sha256));
  }

  #inMemory(data: DataSpec): Sets {
    const base: Sets | undefined = isMnist(data) ? this.#options.mnist : this.#used(this.#read, data.sha256);
    if (base === undefined) return { training: emptyImageSet, test: emptyImageSet };
    return data.drawings === undefined ? base : this.#mix(data, base, data.drawings);
  }

  /** Reads a data set, so that `of` has it. @throws DataMissingError where it, or a part of it, is not kept */
  open(data: DataSpec | undefined): Promise<void> {
    if (data === undefined || this.#isRead(data)) return Promise.resolve();
    const key = dataKey(data);
    const opening =
      this.#opening.get(key) ??
      this.#open(data)
        .catch((error: unknown) => {
          this.#missing.add(key);
          throw error;
        })
        .finally(() => {
          this.#opening.delete(key);
        });
    this.#opening.set(key, opening);
    return opening;
  }

  /** Keeps a data set that was read from files. @throws DOMException where the storage is full */
  async keep(spec: DataSpec, training: LabelledImages, test: LabelledImages): Promise<void> {
    const store = await this.#options.store;
    await store.add({ spec, createdAt: Date.now() }, training, test);
    this.#missing.clear();
    await this.#open(spec);
    await this.tell();
  }

  /** Keeps drawings as they are now for runs that mix them in; gives their checksum. @throws DOMException */
  async keepDrawings(drawings: LabelledImages): Promise<string> {
    const sha256 = await checksumOf(drawings);
    await (await this.#options.store).addDrawings(sha256, drawings);
    this.#drawings.set(sha256, drawings);
    return sha256;
  }

  async rename(sha256: string, names: Pick<DataSpec, 'name' | 'classNames'>): Promise<void> {
    await (await this.#options.store).rename(sha256, names);
    await this.tell();
  }

  /** What a run trains on stays in memory until another takes its place. */
  async remove(sha256: string): Promise<void> {
    await (await this.#options.store).remove(sha256);
    await this.tell();
  }

  async #open(data: DataSpec): Promise<void> {
    const store = await this.#options.store;
    const part = async (sha256: string, name: DataPart): Promise<LabelledImages> => {
      const images = await store.images(sha256, name);
      if (images === null) throw new DataMissingError(data);
      return images;
    };
    if (!isMnist(data) && !this.#read.has(data.sha256)) {
      const training = asSet(await part(data.sha256, 'train'));
      const test = asSet(await part(data.sha256, 'test'));
      this.#put(this.#read, data.sha256, { training, test });
    }
    const { drawings } = data;
    if (drawings !== undefined && !this.#drawings.has(drawings.sha256))
      this.#drawings.set(drawings.sha256, await part(drawings.sha256, 'drawings'));
    this.#options.onChange();
  }

  #mix(data: DataSpec, base: Sets, { sha256, copies }: NonNullable<DataSpec['drawings']>): Sets {
    const key = dataKey(data);
    const known = this.#used(this.#mixed, key);
    if (known !== undefined) return known;
    const drawings = this.#drawings.get(sha256);
    // Drawings stand between the images, so all of those have to be there; MNIST's come last.
    const isWhole = base.training.count >= data.trainingImages && base.test.count >= data.testImages;
    if (drawings === undefined || !isWhole) return { training: emptyImageSet, test: base.test };
    const mixed = { training: mixDrawings(base.training, drawings, copies), test: base.test };
    this.#put(this.#mixed, key, mixed);
    return mixed;
  }

  #used(sets: Map<string, Sets>, key: string): Sets | undefined {
    const found = sets.get(key);
    if (found !== undefined) this.#put(sets, key, found);
    return found;
  }

  #put(sets: Map<string, Sets>, key: string, value: Sets): void {
    sets.delete(key);
    sets.set(key, value);
    const [oldest] = sets.keys();
    if (sets.size > mostSets && oldest !== undefined) sets.delete(oldest);
  }
}
