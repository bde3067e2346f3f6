/** Zip files through zip.js, read entry by entry, with bounds: what a file says of its sizes is not believed. */
import {
  BlobWriter,
  Reader,
  Uint8ArrayReader,
  Uint8ArrayWriter,
  ZipReader,
  ZipWriter,
  type FileEntry,
} from '@zip.js/zip.js/lib/zip-core-native.js';
import { FormatError } from '@/formats/formatError';
import { readBytes } from '@/formats/namedArrays';
import type { ReadableFile } from '@/model/weightFiles';

/** More than VGG-16's largest tensor, and than any network that a browser trains. */
const largestEntry = 2 ** 30;
const mostEntries = 50_000;
/** Deflate cannot make more of a byte. */
const largestRatio = 1032;
/** The threads are ours: this is the worker already. */
const noWorkers = { useWebWorkers: false } as const;

export interface ZipEntry {
  /** Bytes once it is unpacked. */
  readonly size: number;
  /** All of it, its checksum compared. @throws FormatError */
  readonly read: () => Promise<Uint8Array<ArrayBuffer>>;
}

/** By name; folders are left out. */
export type Zip = ReadonlyMap<string, ZipEntry>;

class FileReader extends Reader<ReadableFile> {
  readonly #file: ReadableFile;
  constructor(file: ReadableFile) {
    super(file);
    this.#file = file;
    this.size = file.size;
  }
  override readUint8Array(index: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const begin = Math.min(index, this.#file.size);
    return readBytes(this.#file, begin, Math.min(this.#file.size, begin + length));
  }
}

/** What zip.js throws, as an error that says what is wrong with the file. */
async function readable<T>(reading: () => Promise<T>): Promise<T> {
  try {
    return await reading();
  } catch (error) {
    if (error instanceof FormatError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new FormatError({ kind: 'damaged' }, `The zip file cannot be read: ${text}`, { cause: error });
  }
}

/** Room for an entry, which it may fill and no more. */
function sink(size: number): { readonly bytes: Uint8Array<ArrayBuffer>; readonly writable: WritableStream } {
  const bytes = new Uint8Array(size);
  let filled = 0;
  const writable = new WritableStream<Uint8Array>({
    write: (chunk) => {
      if (filled + chunk.length > size) throw new RangeError('an entry is larger than it says');
      bytes.set(chunk, filled);
      filled += chunk.length;
    },
    close: () => {
      if (filled !== size) throw new RangeError('an entry is smaller than it says');
    },
  });
  return { bytes, writable };
}

async function readEntry(entry: FileEntry): Promise<Uint8Array<ArrayBuffer>> {
  const { uncompressedSize: size, compressedSize, filename } = entry;
  if (size > largestEntry) {
    throw new FormatError({ kind: 'too_large' }, `"${filename.slice(0, 100)}" has ${size} bytes.`);
  }
  if (size > compressedSize * largestRatio) throw new RangeError('an entry cannot be as large as it says');
  const { bytes, writable } = sink(size);
  await entry.getData({ writable, size }, { ...noWorkers, checkCrc32: true });
  return bytes;
}

/** Reads the table of contents. @throws FormatError `damaged`, `unreadable` or `too_large` */
export async function openZip(file: ReadableFile): Promise<Zip> {
  return readable(async () => {
    const entries = new Map<string, ZipEntry>();
    const zip = new ZipReader(new FileReader(file), { ...noWorkers, strictness: 'tolerant' });
    for await (const entry of zip.getEntriesGenerator()) {
      if (entries.size >= mostEntries) {
        throw new FormatError({ kind: 'too_large' }, `The zip file has more than ${mostEntries} entries.`);
      }
      if (entry.directory) continue;
      const { filename, uncompressedSize: size } = entry;
      entries.set(filename, { size, read: () => readable(() => readEntry(entry)) });
    }
    return entries;
  });
}

export interface NewZipEntry {
  readonly name: string;
  readonly data: Uint8Array<ArrayBuffer>;
  /** Deflated; else stored as it is. */
  readonly isPacked?: boolean;
}

const localHeaderBytes = 30;
/** torch.save's: data that starts at a multiple of it can be mapped into memory. */
const alignment = 64;
/** PyTorch's own tag of the extra field that fills the room up, "FB". */
const paddingTag = 0x4246;
const extraHeaderBytes = 4;

const writing = {
  ...noWorkers,
  extendedTimestamp: false,
  dataDescriptor: false,
  keepOrder: true,
  // One run gives one file, whenever it is saved.
  lastModDate: new Date(1980, 0, 1),
} as const;

type NewZipEntries = Iterable<NewZipEntry> | AsyncIterable<NewZipEntry>;

async function addEntries<Result>(zip: ZipWriter<Result>, entries: NewZipEntries): Promise<Result> {
  let offset = 0;
  for await (const { name, data, isPacked = false } of entries) {
    const start = offset + localHeaderBytes + new TextEncoder().encode(name).length;
    const padding = (alignment - ((start + extraHeaderBytes) % alignment)) % alignment;
    const aligned = { level: 0, extraField: new Map([[paddingTag, new Uint8Array(padding).fill(0x5a)]]) };
    const { compressedSize } = await zip.add(
      name,
      new Uint8ArrayReader(data),
      isPacked ? { level: 9 } : aligned,
    );
    offset = start + (isPacked ? 0 : extraHeaderBytes + padding) + compressedSize;
  }
  return zip.close();
}

/** Writes entries in order; stored ones are aligned as torch.save aligns them. */
export async function writeZip(entries: readonly NewZipEntry[]): Promise<Uint8Array<ArrayBuffer>> {
  const total = entries.reduce((sum, { name, data }) => sum + data.length + 2 * name.length + 256, 1024);
  return addEntries(new ZipWriter(new Uint8ArrayWriter(total), writing), entries);
}

/** The same into a blob, which the browser may keep on disk: of entries that are made as they are written, one at a time. */
export async function writeZipBlob(entries: NewZipEntries): Promise<Blob> {
  return addEntries(new ZipWriter(new BlobWriter('application/zip'), writing), entries);
}
