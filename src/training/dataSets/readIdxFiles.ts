/** Images and labels out of IDX files as MNIST's authors defined them; which belong together is told by their names and their ranks. */
import { IdxError, parseIdx, type IdxTensor } from '@/data/idx';
import { DataImportError } from '@/training/dataSets/dataImportError';
import type { GreyPicture } from '@/training/dataSets/fitImage';
import type { SourceFile } from '@/training/dataSets/sourceFiles';

/** Pictures with a label each; `names`: where each comes from, for messages. */
export interface LabelledPictures {
  readonly count: number;
  readonly picture: (index: number) => GreyPicture;
  readonly labels: Uint8Array;
  readonly nameOf: (index: number) => string;
}

export interface ReadPictures {
  readonly training: LabelledPictures;
  /** Null: no files were for tests. */
  readonly test: LabelledPictures | null;
  /** By label; null: the files name none. */
  readonly classNames: readonly string[] | null;
  readonly ignored: readonly string[];
}

export const isIdxName = (path: string): boolean => /idx|ubyte/i.test(path.split('/').at(-1) ?? '');
const isForTests = (path: string): boolean => /t10k|test|val/i.test(path.split('/').at(-1) ?? '');

const hex = (value: number): string => value.toString(16).padStart(2, '0');

async function readTensor({ path, read }: SourceFile): Promise<IdxTensor> {
  const bytes = await read();
  try {
    return parseIdx(path, bytes);
  } catch (error) {
    if (!(error instanceof IdxError)) throw error;
    const { problem } = error;
    switch (problem.kind) {
      case 'header': {
        const start = Array.from(bytes.subarray(0, 4), hex).join(' ');
        throw new DataImportError({ kind: 'not_idx', file: path, start }, { cause: error });
      }
      case 'type':
        throw new DataImportError(
          { kind: 'not_bytes', file: path, type: hex(problem.type) },
          { cause: error },
        );
      case 'length':
        throw new DataImportError({ ...problem, file: path }, { cause: error });
      default:
        return problem satisfies never;
    }
  }
}

interface Named {
  readonly path: string;
  readonly tensor: IdxTensor;
}

function pair(files: readonly Named[]): LabelledPictures | null {
  const images = files.find(({ tensor }) => tensor.shape.length === 3);
  const labels = files.find(({ tensor }) => tensor.shape.length === 1);
  const [only] = files;
  if (only === undefined) return null;
  if (images === undefined || labels === undefined) {
    throw new DataImportError({
      kind: 'unpaired',
      file: only.path,
      wanted: images === undefined ? 'images' : 'labels',
    });
  }
  const [count = 0, height = 0, width = 0] = images.tensor.shape;
  const found = labels.tensor.data.length;
  if (count !== found) {
    throw new DataImportError({
      kind: 'counts',
      file: images.path,
      images: count,
      other: labels.path,
      labels: found,
    });
  }
  const index = labels.tensor.data.findIndex((label) => label > 9);
  if (index >= 0) {
    const label = labels.tensor.data[index] ?? 0;
    throw new DataImportError({ kind: 'label', file: labels.path, index, label });
  }
  const size = width * height;
  const { data } = images.tensor;
  return {
    count,
    labels: labels.tensor.data,
    picture: (at) => ({ width, height, data: data.subarray(at * size, (at + 1) * size) }),
    nameOf: (at) => `${images.path}, ${at}`,
  };
}

/** @throws DataImportError naming the file and what is wrong with it */
export async function readIdxFiles(files: readonly SourceFile[]): Promise<ReadPictures> {
  const named: Named[] = [];
  for (const file of files) {
    if (!isIdxName(file.path)) continue;
    // oxlint-disable-next-line no-await-in-loop -- one large file at a time
    const tensor = await readTensor(file);
    const { length: rank } = tensor.shape;
    if (rank !== 1 && rank !== 3) throw new DataImportError({ kind: 'rank', file: file.path, rank });
    named.push({ path: file.path, tensor });
  }
  const forTests = named.filter(({ path }) => isForTests(path));
  const others = named.filter(({ path }) => !isForTests(path));
  const ignored = files.map(({ path }) => path).filter((path) => !isIdxName(path));
  const training = pair(others);
  const test = pair(forTests);
  if (training !== null) return { training, test, classNames: null, ignored };
  // A pair that is for tests by its name alone is a set as well.
  if (test !== null) return { training: test, test: null, classNames: null, ignored };
  throw new DataImportError({ kind: 'nothing' });
}
