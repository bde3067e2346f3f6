/** Reads files into data sets for the page: a preview first, and what it shows is kept when a person takes it. */
import type { DataPreview, LabelledImages } from '@/model/dataImport';
import { dataOf, isMnist, mnist, type DataSpec } from '@/model/dataSet';
import type { RequestParams, RequestValue } from '@/protocol/requests';
import { DataImportError } from '@/training/dataSets/dataImportError';
import type { DataSets } from '@/training/dataSets/dataSets';
import { idxZip } from '@/training/dataSets/idxZip';
import { readDataSet, type ReadData } from '@/training/dataSets/readDataSet';
import { openImages } from '@/training/engineHost';
import { EventLoopYielder } from '@/training/eventLoop';
import { NotReadyError } from '@/training/workerError';

const progressMilliseconds = 100;

export class DataImports {
  readonly #sets: DataSets;
  #read: ReadData | null = null;

  constructor(sets: DataSets) {
    this.#sets = sets;
  }

  /** @throws DataImportError; what `signal` was aborted with */
  async read(
    { files, reading }: RequestParams<'readDataSet'>,
    tell: (progress: { readonly done: number }) => void,
    signal: AbortSignal,
  ): Promise<DataPreview> {
    this.#read = null;
    const yielder = new EventLoopYielder();
    let told = performance.now();
    try {
      this.#read = await readDataSet(files, {
        reading,
        onProgress: async (done) => {
          if (performance.now() - told > progressMilliseconds) {
            told = performance.now();
            tell({ done });
          }
          // Lets training, and a cancelling, in.
          await yielder.turn();
          signal.throwIfAborted();
        },
      });
      return this.#read.preview;
    } finally {
      yielder.close();
    }
  }

  /** Keeps what was read last. @throws DataImportError `full` where there is no room; NotReadyError where nothing was read */
  async keep(names: Pick<DataSpec, 'name' | 'classNames'>): Promise<DataSpec> {
    const read = this.#read;
    if (read === null) throw new NotReadyError('No files were read.');
    // Whoever brings MNIST has it already.
    if (isMnist(read.preview.spec)) {
      this.#read = null;
      return mnist;
    }
    const spec = { ...read.preview.spec, ...names };
    await orFull(this.#sets.keep(spec, read.training, read.test));
    this.#read = null;
    return spec;
  }

  async keepDrawings(drawings: LabelledImages): Promise<string> {
    return orFull(this.#sets.keepDrawings(drawings));
  }

  /** A data set as four IDX files in a zip, with what it is called. */
  async exported(data: DataSpec | undefined): Promise<RequestValue<'exportDataSet'>> {
    const { training, test } = await openImages(this.#sets, data);
    const spec = dataOf({ data });
    if (training.count === 0 || test.count < spec.testImages)
      throw new NotReadyError('The images are not there yet.');
    return idxZip(spec, [
      ['train', training],
      ['t10k', test],
    ]);
  }
}

async function orFull<T>(writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'QuotaExceededError')
      throw new DataImportError({ kind: 'full' }, { cause: error });
    throw error;
  }
}
