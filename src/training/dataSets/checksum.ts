/** What identifies images and labels: the SHA-256 of their IDX files one after the other, which anyone can compute. */
import { encodeIdx } from '@/data/idx';
import { imageSize } from '@/data/manifest';
import { sha256 } from '@/data/sha256';
import type { LabelledImages } from '@/model/dataImport';

/** The IDX files of a split: images, labels. */
export function idxFilesOf({
  images,
  labels,
}: LabelledImages): readonly [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>] {
  return [
    encodeIdx({ shape: [labels.length, imageSize, imageSize], data: images }),
    encodeIdx({ shape: [labels.length], data: labels }),
  ];
}

/** Of some splits in order: as `cat IMAGES LABELS ... | sha256sum` prints it. */
export async function checksumOf(...splits: readonly LabelledImages[]): Promise<string> {
  const files = splits.flatMap(idxFilesOf);
  const all = new Uint8Array(files.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const file of files) {
    all.set(file, at);
    at += file.length;
  }
  return sha256(all);
}
