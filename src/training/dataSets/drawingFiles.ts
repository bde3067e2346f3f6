/** Own drawings as IDX files, and out of them. */
import { imageBytes } from '@/data/manifest';
import type { GivenFile, LabelledImages } from '@/model/dataImport';
import type { DataSpec } from '@/model/dataSet';
import { DataImportError } from '@/training/dataSets/dataImportError';
import { fitImage } from '@/training/dataSets/fitImage';
import { idxZip, type IdxZip } from '@/training/dataSets/idxZip';
import { readIdxFiles } from '@/training/dataSets/readIdxFiles';
import { sourceFiles } from '@/training/dataSets/sourceFiles';

export function exportDrawings(
  { images, labels }: LabelledImages,
  { name, classNames }: Pick<DataSpec, 'name' | 'classNames'>,
): Promise<IdxZip> {
  const drawings = { images, labels, count: labels.length };
  return idxZip({ name: `${name} drawings`, classNames }, [['drawings', drawings]]);
}

/** @throws DataImportError naming the file and what is wrong with it */
export async function readDrawings(given: readonly GivenFile[]): Promise<LabelledImages> {
  const { training, test } = await readIdxFiles(await sourceFiles(given));
  const sets = test === null ? [training] : [training, test];
  const pictures = sets.flatMap(({ count, picture, nameOf }) =>
    Array.from({ length: count }, (_, i) => ({ picture: picture(i), name: nameOf(i) })),
  );
  const images = new Uint8Array(pictures.length * imageBytes);
  pictures.forEach(({ picture, name }, i) => {
    const image = fitImage(picture, 'ink');
    if (image === null) throw new DataImportError({ kind: 'blank', file: name });
    images.set(image, i * imageBytes);
  });
  return { images, labels: Uint8Array.from(sets.flatMap(({ labels }) => [...labels])) };
}
