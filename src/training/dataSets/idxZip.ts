/** Images and labels as IDX files in a zip, which everything that reads MNIST reads, with the names of their classes beside them. */
import { encodeIdx } from '@/data/idx';
import type { ImageSet } from '@/data/imageSet';
import { imageBytes, imageSize } from '@/data/manifest';
import { writeZip } from '@/formats/zip';
import type { DataSpec } from '@/model/dataSet';
import { namesFile } from '@/training/dataSets/readDataSet';

export interface IdxZip {
  readonly fileName: string;
  readonly file: ArrayBuffer;
}

function entriesOf([stem, { images, labels, count }]: readonly [string, ImageSet]) {
  const shape = [count, imageSize, imageSize];
  return [
    {
      name: `${stem}-images-idx3-ubyte`,
      data: encodeIdx({ shape, data: images.subarray(0, count * imageBytes) }),
      isPacked: true,
    },
    {
      name: `${stem}-labels-idx1-ubyte`,
      data: encodeIdx({ shape: [count], data: labels.subarray(0, count) }),
    },
  ];
}

/** Splits by the stem of their files' names, such as train and t10k. */
export async function idxZip(
  { name, classNames }: Pick<DataSpec, 'name' | 'classNames'>,
  splits: readonly (readonly [string, ImageSet])[],
): Promise<IdxZip> {
  const names = new TextEncoder().encode(JSON.stringify({ name, classNames }, null, 2));
  const zip = await writeZip([{ name: namesFile, data: names }, ...splits.flatMap(entriesOf)]);
  const isWhole = zip.byteLength === zip.buffer.byteLength;
  return {
    fileName: `${name.replace(/[^\p{L}\p{N}]+/gu, '-')}-idx.zip`,
    file: isWhole ? zip.buffer : zip.slice().buffer,
  };
}
