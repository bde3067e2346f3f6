/** From files to a data set of 28 x 28 bytes, white on black: reads, turns, fits, splits and checks; nothing is kept yet. */
import * as v from 'valibot';
import { imageBytes, imageSize } from '@/data/manifest';
import { classCount } from '@/model/classCounts';
import { classNamesSchema, dataNameSchema, mostImages, type DataSpec } from '@/model/dataSet';
import {
  samplesOfClass,
  type DataPreview,
  type DataReading,
  type GivenFile,
  type LabelledImages,
} from '@/model/dataImport';
import { shuffledIndex } from '@/model/random';
import { checksumOf } from '@/training/dataSets/checksum';
import { DataImportError } from '@/training/dataSets/dataImportError';
import { borderMean, fitImage, inverted, transposed, type GreyPicture } from '@/training/dataSets/fitImage';
import {
  isIdxName,
  readIdxFiles,
  type LabelledPictures,
  type ReadPictures,
} from '@/training/dataSets/readIdxFiles';
import { readPictureFiles } from '@/training/dataSets/readPictureFiles';
import { sourceFiles, type SourceFile } from '@/training/dataSets/sourceFiles';

export interface ReadData {
  readonly preview: DataPreview;
  readonly training: LabelledImages;
  readonly test: LabelledImages;
}

/** Which images become test images, and the order of pictures out of folders: always the same. */
const seed = 1;
/** Pictures by whose borders it is told whether they are dark on light. */
const judged = 200;

export interface ReadOptions {
  readonly reading: DataReading;
  /** Hears which share is read; may wait, to let others in. */
  readonly onProgress?: (share: number) => Promise<void>;
}

/** Large pictures are made smaller at once, so that thousands of them fit into memory. */
function reduced(picture: GreyPicture): GreyPicture {
  const factor = Math.floor(Math.max(picture.width, picture.height) / 256);
  if (factor < 2) return picture;
  const width = Math.floor(picture.width / factor);
  const height = Math.floor(picture.height / factor);
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let dy = 0; dy < factor; dy += 1)
        for (let dx = 0; dx < factor; dx += 1)
          sum += picture.data[(y * factor + dy) * picture.width + x * factor + dx] ?? 0;
      data[y * width + x] = Math.round(sum / factor ** 2);
    }
  }
  return { width, height, data };
}

/** Whether most of the first pictures are drawn on something light. */
function isOnLight({ count, picture }: LabelledPictures): boolean {
  const step = Math.max(1, Math.floor(count / judged));
  const borders: number[] = [];
  for (let i = 0; i < count; i += step) borders.push(borderMean(picture(i)));
  return borders.filter((mean) => mean > 127).length > borders.length / 2;
}

interface Fitting {
  readonly isInverted: boolean;
  readonly reading: DataReading;
}

function fitted(
  { picture, labels, nameOf }: LabelledPictures,
  indices: readonly number[],
  { isInverted, reading }: Fitting,
): LabelledImages {
  const images = new Uint8Array(indices.length * imageBytes);
  indices.forEach((index, position) => {
    const turned = reading.isTransposed ? transposed(picture(index)) : picture(index);
    const light = isInverted ? inverted(turned) : turned;
    const image = fitImage(light, reading.fit);
    // A blank IDX image is one, as MNIST's own could be; a blank picture file is a mistake.
    if (image === null && light.width !== imageSize)
      throw new DataImportError({ kind: 'blank', file: nameOf(index) });
    images.set(image ?? light.data, position * imageBytes);
  });
  return { images, labels: Uint8Array.from(indices, (index) => labels[index] ?? 0) };
}

const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Files in folders come class by class; unshuffled training would forget one over the other. */
function inTurn(count: number, isMixed: boolean): number[] {
  return isMixed ? all(count).map((i) => shuffledIndex(i, count, seed, 0)) : all(count);
}

/** Splits off a share of each class, one image at least where it has two; both in the order given. */
function splitOff(
  { labels }: LabelledPictures,
  order: readonly number[],
  share: number,
): { readonly training: readonly number[]; readonly test: readonly number[] } {
  const ofClass = new Map<number, number[]>();
  for (const index of order) {
    const label = labels[index] ?? 0;
    const indices = ofClass.get(label);
    if (indices === undefined) ofClass.set(label, [index]);
    else indices.push(index);
  }
  const test = new Set<number>();
  for (const [label, indices] of ofClass) {
    const { length } = indices;
    const wanted = Math.min(length - 1, Math.max(1, Math.round(length * share)));
    for (let i = 0; i < wanted; i += 1) {
      const at = indices[shuffledIndex(i, length, seed, 1 + label)];
      if (at !== undefined) test.add(at);
    }
  }
  return { training: order.filter((i) => !test.has(i)), test: order.filter((i) => test.has(i)) };
}

function countsOf(training: LabelledImages, test: LabelledImages, classes: number): DataPreview['counts'] {
  const count = ({ labels }: LabelledImages): number[] => {
    const counts = Array.from({ length: classes }, () => 0);
    for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
    return counts;
  };
  const ofTest = count(test);
  return count(training).map((images, label) => ({ training: images, test: ofTest[label] ?? 0 }));
}

function samplesOf({ images, labels }: LabelledImages, classes: number): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: classes }, (_, label) => {
    const indices: number[] = [];
    for (let i = 0; i < labels.length && indices.length < samplesOfClass; i += 1)
      if (labels[i] === label) indices.push(i);
    const samples = new Uint8Array(indices.length * imageBytes);
    indices.forEach((index, at) =>
      samples.set(images.subarray(index * imageBytes, (index + 1) * imageBytes), at * imageBytes),
    );
    return samples;
  });
}

/** Of our own export, beside its IDX files: what the set and its classes are called. */
export const namesFile = 'data-set.json';
const isNamesFile = (path: string): boolean => path === namesFile || path.endsWith(`/${namesFile}`);
const namesSchema = v.object({ name: dataNameSchema, classNames: classNamesSchema });

/** Null where there are none, or none that can be read: the images are what counts. */
async function namesIn(files: readonly SourceFile[]): Promise<v.InferOutput<typeof namesSchema> | null> {
  const file = files.find(({ path }) => isNamesFile(path));
  if (file === undefined) return null;
  try {
    return v.parse(namesSchema, JSON.parse(new TextDecoder().decode(await file.read())));
  } catch {
    return null;
  }
}

/** What a set is called until a person says otherwise: as the file or the outermost folder; empty where that says nothing. */
function nameOf(given: readonly GivenFile[]): string {
  const [first] = given.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const parts = (first?.path ?? '').split('/');
  const name = parts.length > 1 ? parts[0] : (parts[0] ?? '').replace(/(\.zip|[-.]idx\d.*|\.gz)+$/i, '');
  return (name ?? '')
    .replace(/^(train|t10k)-images$/i, '')
    .slice(0, 60)
    .trim();
}

function assemble(
  { training, test }: ReadPictures,
  isMixed: boolean,
  fitting: Fitting,
): { readonly training: LabelledImages; readonly test: LabelledImages; readonly leftOut: number } {
  const order = inTurn(training.count, isMixed);
  const split =
    test === null
      ? splitOff(training, order, fitting.reading.testShare)
      : { training: order, test: inTurn(test.count, isMixed) };
  return {
    training: fitted(training, split.training.slice(0, mostImages), fitting),
    test: fitted(test ?? training, split.test.slice(0, mostImages), fitting),
    leftOut: Math.max(0, split.training.length - mostImages),
  };
}

/**
 * Reads files into a data set: IDX files (packed or not, in a zip or not), or pictures in a folder a class.
 * @throws DataImportError saying which file or class is wrong, and how
 */
export async function readDataSet(
  given: readonly GivenFile[],
  { reading, onProgress = () => Promise.resolve() }: ReadOptions,
): Promise<ReadData> {
  const found = await sourceFiles(given);
  const names = await namesIn(found);
  const files = found.filter(({ path }) => !isNamesFile(path));
  const isIdx = files.some(({ path }) => isIdxName(path));
  const read = isIdx
    ? await readIdxFiles(files)
    : await readPictureFiles(files, { reduce: reduced, onRead: onProgress });
  const isInverted = reading.ink === 'auto' ? isOnLight(read.training) : reading.ink === 'black_on_white';
  const { leftOut, ...made } = assemble(read, !isIdx, { isInverted, reading });
  const { training, test } = made;
  if (test.labels.length === 0) throw new DataImportError({ kind: 'no_test' });
  const largest = [...training.labels, ...test.labels].reduce((most, label) => Math.max(most, label), 0);
  const classes = read.classNames?.length ?? largest + 1;
  if (classes < 2 || classes > classCount) throw new DataImportError({ kind: 'classes', count: classes });
  const classNames =
    read.classNames ??
    (names?.classNames.length === classes
      ? names.classNames
      : Array.from({ length: classes }, (_, label) => String(label)));
  const counts = countsOf(training, test, classes);
  const empty = counts.findIndex((count) => count.training === 0);
  if (empty >= 0) throw new DataImportError({ kind: 'empty_class', name: classNames[empty] ?? '' });
  const { width, height } = read.training.picture(0);
  const spec: DataSpec = {
    sha256: await checksumOf(training, test),
    name: names?.name ?? nameOf(given),
    classNames: classNames.map((name) => name.slice(0, 60)),
    trainingImages: training.labels.length,
    testImages: test.labels.length,
  };
  return {
    preview: {
      form: isIdx ? 'idx' : 'images',
      spec,
      isInverted,
      isResized: width !== imageSize || height !== imageSize,
      isSplit: read.test === null,
      ignored: { count: read.ignored.length, first: read.ignored.slice(0, 5) },
      leftOut,
      counts,
      samples: samplesOf(training, classes),
    },
    training,
    test,
  };
}
