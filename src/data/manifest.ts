/** What the server offers: every file of MNIST with its size and checksum. scripts/mnistSheets.mjs writes it. */
import * as v from 'valibot';
import type { Split } from '@/data/imageSet';
import { DataError, reasonOf, type DataErrorOptions } from '@/data/dataError';

export const manifestName = 'manifest.json';
export const imageSize = 28;
export const imageBytes = imageSize * imageSize;
export const sheetColumns = 100;
export const sheetImages = sheetColumns * sheetColumns;
export const splitSizes = { train: 60_000, test: 10_000 } as const satisfies Record<Split, number>;

const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(splitSizes.train));

const fileSchema = v.strictObject({
  // A plain name: a manifest must not make the page fetch from elsewhere.
  name: v.pipe(v.string(), v.regex(/^[\w-]+\.(png|bin)$/)),
  kind: v.picklist(['images', 'labels']),
  split: v.picklist(['train', 'test']),
  /** Index of its first image in the split. */
  offset: v.pipe(v.number(), v.integer(), v.minValue(0)),
  count,
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 24)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});
export type ManifestFile = v.InferOutput<typeof fileSchema>;

/** Whether the files of one kind, in order, cover the split from 0 to its end without gap or overlap. */
function covers(files: readonly ManifestFile[], split: Split, kind: ManifestFile['kind']): boolean {
  let next = 0;
  for (const file of files) {
    if (file.split !== split || file.kind !== kind) continue;
    if (file.offset !== next) return false;
    next += file.count;
  }
  return next === splitSizes[split];
}

const manifestSchema = v.strictObject({
  version: v.literal(1),
  imageSize: v.literal(imageSize),
  sheetColumns: v.literal(sheetColumns),
  files: v.pipe(
    v.array(fileSchema),
    v.check(
      (files) =>
        (['train', 'test'] as const).every((split) =>
          (['images', 'labels'] as const).every((kind) => covers(files, split, kind)),
        ),
      'its files do not cover the 60,000 training and 10,000 test images and labels in order',
    ),
    v.check(
      (files) => files.every((file) => file.kind === 'labels' || file.count === sheetImages),
      `a sheet must hold ${sheetImages} images`,
    ),
    v.check(
      (files) => files.every((file) => file.kind === 'images' || file.bytes === file.count),
      'a label file must have one byte a label',
    ),
    v.check(
      (files) => new Set(files.map(({ name }) => name)).size === files.length,
      'a file is listed twice',
    ),
  ),
});
export type Manifest = v.InferOutput<typeof manifestSchema>;

/** @throws DataError `data_decode` naming the field that does not fit. */
export function parseManifest(text: string): Manifest {
  const fail = (what: string, options?: DataErrorOptions) =>
    new DataError('data_decode', manifestName, `${manifestName} is not usable: ${what}.`, options);
  // Servers of one-page apps answer for a missing file with the start page and status 200.
  if (text.trimStart().startsWith('<')) {
    throw fail('the server sent a web page in its place', { details: { kind: 'web_page' } });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw fail(reasonOf(error), { cause: error });
  }
  const result = v.safeParse(manifestSchema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw fail([v.getDotPath(issue), issue.message].filter(Boolean).join(': '));
}
