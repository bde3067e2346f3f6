/** Every form of files that becomes a data set, and what is said of those that do not. */
import { gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { encode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { encodeIdx } from '@/data/idx';
import { writeZip } from '@/formats/zip';
import { usualReading, type DataProblem, type DataReading } from '@/model/dataImport';
import { mnist } from '@/model/dataSet';
import { checksumOf } from '@/training/dataSets/checksum';
import { DataImportError } from '@/training/dataSets/dataImportError';
import { centreOfMass } from '@/model/mnistPreprocess';
import { readDataSet } from '@/training/dataSets/readDataSet';
import { bar, barFiles, bars } from '@/training/testing/bars';
import type { GivenFile } from '@/model/dataImport';
import { mnistImages } from '../../../scripts/mnistImages.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const given = (path: string, bytes: Bytes): GivenFile => ({ path, file: new Blob([bytes]) });
const gz = (bytes: Bytes): Bytes => new Uint8Array(gzipSync(bytes));
const read = (files: readonly GivenFile[], change: Partial<DataReading> = {}) =>
  readDataSet(files, { reading: { ...usualReading, ...change } });

const idxPair = (stem: string, count: number, size = 28): GivenFile[] =>
  barFiles(stem, count, { size, ending: '.gz', packed: gz });

function png(image: Bytes, size = 28, channels = 1): Bytes {
  const data = channels === 1 ? image : Uint8Array.from(image, (value) => value);
  return new Uint8Array(encode({ width: size, height: size, data, channels, depth: 8 }));
}

/** Dark on white, as people scan and draw them. */
const onPaper = (image: Bytes): Bytes => image.map((value) => 255 - value);

const pictures = (count: number, size: number, folder = ''): { name: string; data: Bytes }[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `${folder}${i % 2 === 0 ? 'upright' : 'lying'}/${i}.png`,
    data: png(onPaper(bar(i % 2, 5 + (i % (size - 12)), size)), size),
  }));

async function problemOf(reading: Promise<unknown>): Promise<DataProblem> {
  const error = await reading.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DataImportError)) throw new Error(`Not refused: ${String(error)}`);
  return error.problem;
}

describe('IDX', () => {
  test('pairs for training and tests are taken as they are', async () => {
    const {
      preview,
      training,
      test: forTests,
    } = await read([...idxPair('train', 40), ...idxPair('t10k', 10)]);
    expect(preview).toMatchObject({
      form: 'idx',
      spec: { classNames: ['0', '1'], trainingImages: 40, testImages: 10 },
      isInverted: false,
      isResized: false,
      isSplit: false,
      leftOut: 0,
      counts: [
        { training: 20, test: 5 },
        { training: 20, test: 5 },
      ],
    });
    expect(training.images).toEqual(bars(40).images);
    expect(forTests.labels).toEqual(bars(10).labels);
    expect(preview.samples.map(({ length }) => length)).toEqual([8 * 784, 8 * 784]);
  });

  test('the checksum is that of the files one after the other', async () => {
    const files = [bars(40), bars(10)].flatMap(({ images, labels }) => [
      encodeIdx({ shape: [labels.length, 28, 28], data: images }),
      encodeIdx({ shape: [labels.length], data: labels }),
    ]);
    const hash = createHash('sha256');
    for (const file of files) hash.update(file);
    const { preview } = await read([...idxPair('train', 40), ...idxPair('t10k', 10)]);
    expect(preview.spec.sha256).toBe(hash.digest('hex'));
    // And so it is of the original files.
    const [training, testing] = [mnistImages('train'), mnistImages('test')];
    expect(await checksumOf(training, testing)).toBe(mnist.sha256);
  });

  test('without files for tests a share of each class is split off, always the same', async () => {
    const first = await read(idxPair('emnist-bars', 60));
    expect(first.preview).toMatchObject({
      isSplit: true,
      spec: { trainingImages: 50, testImages: 10 },
      counts: [
        { training: 25, test: 5 },
        { training: 25, test: 5 },
      ],
    });
    const again = await read(idxPair('emnist-bars', 60).toReversed());
    expect(again.preview.spec.sha256).toBe(first.preview.spec.sha256);
    const half = await read(idxPair('emnist-bars', 60), { testShare: 0.5 });
    expect(half.preview.spec).toMatchObject({ trainingImages: 30, testImages: 30 });
  });

  test('other sizes are fitted, and turned where asked', async () => {
    const { preview, training } = await read(idxPair('x', 24, 40));
    expect(preview.isResized).toBe(true);
    const values = Float32Array.from(training.images.subarray(0, 784));
    const centre = centreOfMass({ width: 28, height: 28, values });
    expect(Math.abs(centre.x - 14.5)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(centre.y - 14.5)).toBeLessThanOrEqual(0.5);
    const turned = await read(idxPair('x', 24), { isTransposed: true });
    const straight = await read(idxPair('x', 24));
    const transposedByHand = straight.training.images
      .subarray(0, 784)
      .map((_, i) => straight.training.images[(i % 28) * 28 + Math.floor(i / 28)] ?? 0);
    expect(turned.training.images.subarray(0, 784)).toEqual(transposedByHand);
  });

  const { images, labels } = bars(4);
  const imageFile = given('a-images-idx3', encodeIdx({ shape: [4, 28, 28], data: images }));
  const labelFile = given('a-labels-idx1', encodeIdx({ shape: [4], data: labels }));
  test.for<[string, readonly GivenFile[], DataProblem]>([
    [
      'another format',
      [imageFile, given('a-labels-idx1', Uint8Array.of(0x89, 0x50, 8, 1, 0, 0))],
      { kind: 'not_idx', file: 'a-labels-idx1', start: '89 50 08 01' },
    ],
    [
      'floats',
      [imageFile, given('a-labels-idx1', Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 0))],
      { kind: 'not_bytes', file: 'a-labels-idx1', type: '0d' },
    ],
    [
      'a file that was cut',
      [given('a-images-idx3', encodeIdx({ shape: [4, 28, 28], data: images.subarray(9) })), labelFile],
      { kind: 'length', file: 'a-images-idx3', expected: 3136, found: 3127 },
    ],
    ['images alone', [imageFile], { kind: 'unpaired', file: 'a-images-idx3', wanted: 'labels' }],
    ['labels alone', [labelFile], { kind: 'unpaired', file: 'a-labels-idx1', wanted: 'images' }],
    [
      'another number of labels',
      [imageFile, given('a-labels-idx1', encodeIdx({ shape: [3], data: labels.subarray(1) }))],
      { kind: 'counts', file: 'a-images-idx3', images: 4, other: 'a-labels-idx1', labels: 3 },
    ],
    [
      'a label above 9',
      [imageFile, given('a-labels-idx1', encodeIdx({ shape: [4], data: Uint8Array.of(0, 1, 12, 1) }))],
      { kind: 'label', file: 'a-labels-idx1', index: 2, label: 12 },
    ],
    [
      'a class without images',
      [imageFile, given('a-labels-idx1', encodeIdx({ shape: [4], data: Uint8Array.of(0, 2, 0, 2) }))],
      { kind: 'empty_class', name: '1' },
    ],
    [
      'one class',
      [imageFile, given('a-labels-idx1', encodeIdx({ shape: [4], data: new Uint8Array(4) }))],
      { kind: 'classes', count: 1 },
    ],
    [
      'a rank of two',
      [given('a-idx2', encodeIdx({ shape: [2, 2], data: new Uint8Array(4) }))],
      { kind: 'rank', file: 'a-idx2', rank: 2 },
    ],
    [
      'damaged gzip',
      [given('a-idx1.gz', Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3))],
      { kind: 'unreadable', file: 'a-idx1.gz' },
    ],
  ])('%s is refused', async ([, files, problem], { expect: expectHere }) => {
    expectHere(await problemOf(read(files))).toEqual(problem);
  });
});

describe('pictures', () => {
  test('in a zip with a folder a class are turned light on dark, fitted, mixed and split', async () => {
    const zip = given('bars.zip', await writeZip(pictures(40, 60)));
    const { preview, training } = await read([zip]);
    expect(preview).toMatchObject({
      form: 'images',
      spec: { name: 'bars', classNames: ['lying', 'upright'], testImages: 6, trainingImages: 34 },
      isInverted: true,
      isResized: true,
      isSplit: true,
    });
    // Not class by class.
    expect(new Set(training.labels.subarray(0, 10)).size).toBe(2);
    // White ink on black: an upright bar of 52 pixels became one of 20.
    const upright = training.labels.indexOf(1);
    const image = training.images.subarray(upright * 784, (upright + 1) * 784);
    const rows = Array.from({ length: 28 }, (_, y) => Math.max(...image.subarray(y * 28, (y + 1) * 28)));
    expect(rows.filter((value) => value > 128)).toHaveLength(20);
    expect(image[0]).toBe(0);
  });

  test('the same files in a folder, in any order, are the same data set', async () => {
    const files = pictures(40, 60);
    const zip = await read([given('bars.zip', await writeZip(files))]);
    const folder = await read(files.toReversed().map(({ name, data }) => given(name, data)));
    expect(folder.preview.spec.sha256).toBe(zip.preview.spec.sha256);
  });

  test('folders for training and tests stay apart', async () => {
    const files = [...pictures(20, 28, 'all/train/'), ...pictures(6, 28, 'all/test/')];
    const { preview } = await read(files.map(({ name, data }) => given(name, data)));
    expect(preview).toMatchObject({
      isSplit: false,
      isResized: false,
      spec: { name: 'all', trainingImages: 20, testImages: 6 },
    });
  });

  test('what is no picture is passed over and told', async () => {
    const files = pictures(8, 28).map(({ name, data }) => given(name, data));
    const extra = [given('README.txt', Uint8Array.of(1)), given('lying/.DS_Store', Uint8Array.of(1))];
    const { preview } = await read([...files, ...extra]);
    expect(preview.ignored).toEqual({ count: 1, first: ['README.txt'] });
  });

  test('the whole picture is fitted in where asked', async () => {
    const files = pictures(8, 56).map(({ name, data }) => given(name, data));
    const { training } = await read(files, { fit: 'whole', ink: 'black_on_white' });
    const upright = training.labels.indexOf(1);
    const image = training.images.subarray(upright * 784, (upright + 1) * 784);
    const rows = Array.from({ length: 28 }, (_, y) => Math.max(...image.subarray(y * 28, (y + 1) * 28)));
    // 48 of 56 pixels.
    expect(rows.filter((value) => value > 0)).toHaveLength(24);
  });

  test('colour, a palette and transparency are read as grey', async () => {
    const red = new Uint8Array(28 * 28 * 4);
    for (let i = 0; i < 784; i += 1)
      red.set(i % 28 > 10 && i % 28 < 17 ? [255, 0, 0, 255] : [0, 0, 0, 0], 4 * i);
    const data = new Uint8Array(encode({ width: 28, height: 28, data: red, channels: 4, depth: 8 }));
    const files = ['a/1.png', 'a/2.png', 'b/1.png', 'b/2.png'].map((path) => given(path, data));
    const { preview, training } = await read(files);
    // See-through is white; so it was dark on light, and red's luma is 76.
    expect(preview.isInverted).toBe(true);
    expect(training.images[12]).toBe(255 - 76);
    expect(training.images[0]).toBe(0);
  });

  const good = pictures(8, 28).map(({ name, data }) => given(name, data));
  const blank = png(new Uint8Array(900).fill(255), 30);
  const eleven = Array.from({ length: 11 }, (_, i) => given(`${i}/x.png`, png(bar(0, 8))));
  test.for<[string, readonly GivenFile[], DataProblem]>([
    ['nothing of use', [given('a.txt', Uint8Array.of(1))], { kind: 'nothing' }],
    [
      'a picture that is none',
      [...good, given('lying/bad.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2))],
      { kind: 'not_image', file: 'lying/bad.png' },
    ],
    [
      'an empty picture',
      [...good, given('lying/blank.png', blank)],
      { kind: 'blank', file: 'lying/blank.png' },
    ],
    ['pictures in no folder', [given('1.png', png(bar(0, 8)))], { kind: 'classes', count: 0 }],
    ['more than ten classes', eleven, { kind: 'classes', count: 11 }],
    [
      'a class with test images alone',
      [
        ...pictures(8, 28, 'train/'),
        ...pictures(4, 28, 'test/'),
        { name: 'test/new/1.png', data: png(bar(0, 8)) },
      ].map(({ name, data }) => given(name, data)),
      { kind: 'empty_class', name: 'new' },
    ],
    [
      'a damaged zip',
      [given('a.zip', Uint8Array.of(0x50, 0x4b, 3, 4, 9, 9))],
      { kind: 'unreadable', file: 'a.zip' },
    ],
  ])('%s is refused', async ([, files, problem], { expect: expectHere }) => {
    expectHere(await problemOf(read(files))).toEqual(problem);
  });
});
