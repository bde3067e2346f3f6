/** Pictures in folders: the folder of a picture names its class; folders such as train/ and test/ around them tell what is for tests. */
import { decodePicture } from '@/training/dataSets/decodePicture';
import { DataImportError } from '@/training/dataSets/dataImportError';
import type { GreyPicture } from '@/training/dataSets/fitImage';
import type { LabelledPictures, ReadPictures } from '@/training/dataSets/readIdxFiles';
import type { SourceFile } from '@/training/dataSets/sourceFiles';
import { classCount } from '@/model/classCounts';

export const isPictureName = (path: string): boolean => /\.(png|jpe?g|webp|gif|bmp|avif)$/i.test(path);

const testFolder = /^(test|testing|val|valid|validation|t10k)$/i;
const trainFolder = /^(train|training)$/i;

interface Placed {
  readonly file: SourceFile;
  readonly className: string;
  readonly isTest: boolean;
}

function placed(file: SourceFile): Placed {
  const folders = file.path.split('/').slice(0, -1);
  return {
    file,
    className: folders.at(-1) ?? '',
    isTest: folders.slice(0, -1).some((folder) => testFolder.test(folder)),
  };
}

/** 2 before 10. */
const inOrder = new Intl.Collator('en', { numeric: true }).compare;

async function decoded({ file }: Placed): Promise<GreyPicture> {
  const bytes = await file.read();
  try {
    return await decodePicture(bytes);
  } catch (error) {
    throw new DataImportError({ kind: 'not_image', file: file.path }, { cause: error });
  }
}

async function readAll(
  files: readonly Placed[],
  classNames: readonly string[],
  tell: (picture: GreyPicture) => GreyPicture,
  told: () => Promise<void>,
): Promise<LabelledPictures> {
  const pictures: GreyPicture[] = [];
  for (const file of files) {
    // oxlint-disable no-await-in-loop -- one large picture at a time is in memory
    pictures.push(tell(await decoded(file)));
    await told();
    // oxlint-enable no-await-in-loop
  }
  return {
    count: files.length,
    labels: Uint8Array.from(files, ({ className }) => classNames.indexOf(className)),
    picture: (index) => pictures[index] ?? { width: 0, height: 0, data: new Uint8Array(0) },
    nameOf: (index) => files[index]?.file.path ?? '',
  };
}

export interface PictureReading {
  /** What is kept of each: large pictures need not stay. */
  readonly reduce: (picture: GreyPicture) => GreyPicture;
  /** After each; may wait, to let others in. */
  readonly onRead: (share: number) => Promise<void>;
}

/** @throws DataImportError naming the file or class and what is wrong with it */
export async function readPictureFiles(
  files: readonly SourceFile[],
  { reduce, onRead }: PictureReading,
): Promise<ReadPictures> {
  const pictures = files.filter(({ path }) => isPictureName(path)).map(placed);
  if (pictures.length === 0) throw new DataImportError({ kind: 'nothing' });
  const test = pictures.filter(({ isTest }) => isTest);
  const training = pictures.filter(({ isTest }) => !isTest);
  const classNames = [...new Set(pictures.map(({ className }) => className))].toSorted(inOrder);
  const isUnsorted = classNames.some(
    (name) => name === '' || trainFolder.test(name) || testFolder.test(name),
  );
  if (isUnsorted || classNames.length < 2 || classNames.length > classCount)
    throw new DataImportError({ kind: 'classes', count: isUnsorted ? 0 : classNames.length });
  let done = 0;
  const told = async (): Promise<void> => {
    done += 1;
    await onRead(done / pictures.length);
  };
  // Where all of them are for tests, the folder that was chosen is called so.
  const [first, second] = training.length === 0 ? [test, []] : [training, test];
  return {
    training: await readAll(first, classNames, reduce, told),
    test: second.length === 0 ? null : await readAll(second, classNames, reduce, told),
    classNames,
    ignored: files.map(({ path }) => path).filter((path) => !isPictureName(path)),
  };
}
