/** The files that a person chose, as one list: zips opened, gzip unpacked. Bounded: what a file says of its sizes is not believed. */
import { openZip } from '@/formats/zip';
import type { GivenFile } from '@/model/dataImport';
import { DataImportError } from '@/training/dataSets/dataImportError';

export interface SourceFile {
  readonly path: string;
  /** @throws DataImportError */
  readonly read: () => Promise<Uint8Array<ArrayBuffer>>;
}

/** Of one file, unpacked: 240,000 images of 28 x 28 (EMNIST) and room. */
const largestFile = 256e6;

/** What systems leave in folders and zips. */
const isLeftover = (path: string): boolean =>
  path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX') ||
  /(^|\/)Thumbs\.db$/i.test(path);

async function gunzipped(path: string, packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  try {
    const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- pieces come one after the other
      const { done, value } = await reader.read();
      if (done) break;
      total += value.length;
      if (total > largestFile) {
        void reader.cancel().catch(() => undefined);
        throw new DataImportError({ kind: 'too_large', file: path });
      }
      pieces.push(value);
    }
  } catch (error) {
    if (error instanceof DataImportError) throw error;
    throw new DataImportError({ kind: 'unreadable', file: path }, { cause: error });
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

async function readWhole({ path, file }: GivenFile): Promise<Uint8Array<ArrayBuffer>> {
  if (file.size > largestFile) throw new DataImportError({ kind: 'too_large', file: path });
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new DataImportError({ kind: 'unreadable', file: path }, { cause: error });
  }
  return isGzip(bytes) ? gunzipped(path, bytes) : bytes;
}

async function zipFiles({ path, file }: GivenFile): Promise<SourceFile[]> {
  try {
    const zip = await openZip(file);
    return [...zip].map(([name, entry]) => ({
      path: name,
      read: async () => {
        if (entry.size > largestFile) throw new DataImportError({ kind: 'too_large', file: name });
        const bytes = await entry.read().catch((error: unknown) => {
          throw new DataImportError({ kind: 'unreadable', file: name }, { cause: error });
        });
        return isGzip(bytes) ? gunzipped(name, bytes) : bytes;
      },
    }));
  } catch (error) {
    throw new DataImportError({ kind: 'unreadable', file: path }, { cause: error });
  }
}

async function isZip({ path, file }: GivenFile): Promise<boolean> {
  try {
    const [p, k, three, four] = new Uint8Array(await file.slice(0, 4).arrayBuffer());
    return p === 0x50 && k === 0x4b && three === 3 && four === 4;
  } catch (error) {
    throw new DataImportError({ kind: 'unreadable', file: path }, { cause: error });
  }
}

/** In the order of their paths, whatever the order in which they were chosen: the same files make the same data set. */
export async function sourceFiles(given: readonly GivenFile[]): Promise<SourceFile[]> {
  const lists: SourceFile[][] = [];
  for (const one of given) {
    if (isLeftover(one.path)) continue;
    // oxlint-disable-next-line no-await-in-loop -- thousands of files at once are more than browsers open
    lists.push((await isZip(one)) ? await zipFiles(one) : [{ path: one.path, read: () => readWhole(one) }]);
  }
  return lists
    .flat()
    .filter(({ path }) => !isLeftover(path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
