/**
 * Loads MNIST once into two arrays of bytes (55 MB; floats would take 220), verified file by file. What is in can be
 * used while the rest is still on its way, and a second load fetches only what the first did not get.
 */
import { DataError } from '@/data/dataError';
import { downloadBytes, downloadText, type DownloadOptions } from '@/data/download';
import { FileCache } from '@/data/fileCache';
import type { ImageSet, Split } from '@/data/imageSet';
import {
  imageBytes,
  manifestName,
  parseManifest,
  splitSizes,
  type Manifest,
  type ManifestFile,
} from '@/data/manifest';
import { verifySha256 } from '@/data/sha256';
import { decodeSheet } from '@/data/sprites';

export interface DataProgress {
  readonly loadedBytes: number;
  /** 0 until the manifest is in. */
  readonly totalBytes: number;
  /** Usable from the start on: the first so many, without gaps. */
  readonly trainingImages: number;
  readonly testImages: number;
  /** Every file so far was kept from an earlier visit. */
  readonly fromCache: boolean;
}

export interface MnistLoaderOptions {
  /** Vite's import.meta.env.BASE_URL, or an absolute URL; the files are expected under `mnist/` below it. */
  readonly baseUrl: string;
  readonly onProgress?: (progress: DataProgress) => void;
  /** Told at once for each file that fails, while others go on; `load` returns them all at its end. */
  readonly onError?: (error: DataError) => void;
  /** A download that stands still for so long fails; default 30 s. */
  readonly stallMilliseconds?: number;
}

/** Sheets fetched at a time, once training can start: hides latency without starving the page's other requests. */
const concurrency = 3;

interface Visit {
  readonly cache: FileCache | null;
  readonly signal: AbortSignal | undefined;
  readonly errors: DataError[];
  /** Writes to the cache go on beside the downloads. */
  readonly pendingPuts: Promise<void>[];
}

export class MnistLoader {
  readonly #folder: string;
  readonly #options: MnistLoaderOptions;
  readonly #arrays = {
    train: allocate('train'),
    test: allocate('test'),
  };
  #manifest: Manifest | null = null;
  #manifestIsSuspect = false;
  readonly #present = new Set<string>();
  /** Files whose last transfer was wrong: the HTTP cache may hold the wrong bytes. */
  readonly #suspect = new Set<string>();
  #bytesInFlight = 0;
  #fetchedAny = false;
  #loading: Promise<readonly DataError[]> | null = null;

  constructor(options: MnistLoaderOptions) {
    this.#options = options;
    this.#folder = new URL('mnist/', new URL(options.baseUrl, globalThis.location?.href)).href;
  }

  get training(): ImageSet {
    return { ...this.#arrays.train, count: this.#usable('train') };
  }

  get test(): ImageSet {
    return { ...this.#arrays.test, count: this.#usable('test') };
  }

  get isComplete(): boolean {
    return this.training.count === splitSizes.train && this.test.count === splitSizes.test;
  }

  /**
   * Loads what is missing; a call during a load joins it, under the first call's signal.
   * @returns the failures, one a file; empty when everything is in. Call again to retry these files alone.
   * @throws the signal's reason when aborted; what is in stays, and a later call goes on from there.
   */
  load(signal?: AbortSignal): Promise<readonly DataError[]> {
    this.#loading ??= this.#load(signal).finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #load(signal: AbortSignal | undefined): Promise<readonly DataError[]> {
    signal?.throwIfAborted();
    const visit: Visit = { cache: await FileCache.open(), signal, errors: [], pendingPuts: [] };
    const manifest = await this.#loadManifest(visit);
    if (manifest === null) return visit.errors;
    this.#reportProgress();

    const missing = manifest.files.filter(({ name }) => !this.#present.has(name));
    // Alone at first, so that they have the whole line and training starts as early as it can.
    const first = missing.filter(({ split, offset }) => split === 'train' && offset === 0);
    const testFirst = (['test', 'train'] as const).flatMap((split) =>
      missing.filter((file) => file.split === split && !first.includes(file)),
    );
    await this.#loadFiles(first, visit);
    await this.#loadFiles(testFirst, visit);

    await Promise.all(visit.pendingPuts);
    if (visit.errors.length === 0) {
      await visit.cache?.keepOnly(this.#folder, new Set(manifest.files.map((file) => this.#urlOf(file))));
    }
    // Wrong bytes can also mean that the site was updated in between, and its checksums with it.
    this.#manifestIsSuspect = visit.errors.some(({ code }) => code === 'data_checksum');
    return visit.errors;
  }

  async #loadManifest(visit: Visit): Promise<Manifest | null> {
    if (this.#manifest !== null && !this.#manifestIsSuspect) return this.#manifest;
    try {
      const url = new URL(manifestName, this.#folder).href;
      this.#manifest = parseManifest(
        await downloadText(this.#downloadOptions(manifestName, url, 'no-cache', visit)),
      );
      return this.#manifest;
    } catch (error) {
      this.#collect(error, visit);
      return null;
    }
  }

  async #loadFiles(files: readonly ManifestFile[], visit: Visit): Promise<void> {
    const queue = [...files];
    const takeTurns = async () => {
      for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
        visit.signal?.throwIfAborted();
        await this.#loadFile(file, visit);
      }
    };
    const results = await Promise.allSettled(Array.from({ length: concurrency }, takeTurns));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async #loadFile(file: ManifestFile, visit: Visit): Promise<void> {
    let counted = 0;
    const count = (bytes: number) => {
      counted += bytes;
      this.#bytesInFlight += bytes;
      this.#reportProgress();
    };
    try {
      const url = this.#urlOf(file);
      const kept = await this.#fromCache(file, url, visit);
      if (kept === null) {
        this.#fetchedAny = true;
        const bytes = await this.#download(file, url, visit, count);
        this.#store(file, bytes);
        if (visit.cache !== null) visit.pendingPuts.push(visit.cache.put(url, bytes));
      } else {
        this.#store(file, kept);
      }
    } catch (error) {
      this.#collect(error, visit);
    } finally {
      this.#bytesInFlight -= counted;
      this.#reportProgress();
    }
  }

  /** The kept copy, checked as if it came over the wire; a damaged one is thrown away. */
  async #fromCache(
    file: ManifestFile,
    url: string,
    { cache }: Visit,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = (await cache?.get(url)) ?? null;
    if (cache === null || bytes === null) return null;
    try {
      await verifySha256(file.name, bytes, file.sha256);
      return bytes;
    } catch {
      await cache.remove(url);
      return null;
    }
  }

  async #download(
    file: ManifestFile,
    url: string,
    visit: Visit,
    onBytes: (count: number) => void,
  ): Promise<Uint8Array<ArrayBuffer>> {
    // Kept by the Cache API, it need not be kept twice; after wrong bytes, the HTTP cache is not asked again.
    const kept: RequestCache = visit.cache === null ? 'default' : 'no-store';
    const cache = this.#suspect.has(file.name) ? 'reload' : kept;
    this.#suspect.add(file.name);
    const bytes = await downloadBytes(
      this.#downloadOptions(file.name, url, cache, visit),
      file.bytes,
      onBytes,
    );
    await verifySha256(file.name, bytes, file.sha256);
    this.#suspect.delete(file.name);
    return bytes;
  }

  #store(file: ManifestFile, bytes: Uint8Array<ArrayBuffer>): void {
    const { images, labels } = this.#arrays[file.split];
    const end = file.offset + file.count;
    if (file.kind === 'images') {
      decodeSheet(file.name, bytes, images.subarray(file.offset * imageBytes, end * imageBytes));
    } else {
      if (bytes.some((label) => label > 9)) {
        throw new DataError('data_decode', file.name, `${file.name} holds a label above 9.`);
      }
      labels.set(bytes, file.offset);
    }
    this.#present.add(file.name);
  }

  /** How many images from the start on are in, with their labels. */
  #usable(split: Split): number {
    const end = { images: 0, labels: 0 };
    for (const file of this.#manifest?.files ?? []) {
      if (file.split !== split || end[file.kind] !== file.offset || !this.#present.has(file.name)) continue;
      end[file.kind] += file.count;
    }
    return Math.min(end.images, end.labels);
  }

  #reportProgress(): void {
    const files = this.#manifest?.files ?? [];
    const sizeOf = (some: readonly ManifestFile[]) => some.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#options.onProgress?.({
      loadedBytes: sizeOf(files.filter(({ name }) => this.#present.has(name))) + this.#bytesInFlight,
      totalBytes: sizeOf(files),
      trainingImages: this.#usable('train'),
      testImages: this.#usable('test'),
      fromCache: this.#present.size > 0 && !this.#fetchedAny,
    });
  }

  #collect(error: unknown, visit: Visit): void {
    if (!(error instanceof DataError)) throw error;
    visit.errors.push(error);
    this.#options.onError?.(error);
  }

  #downloadOptions(file: string, url: string, cache: RequestCache, { signal }: Visit): DownloadOptions {
    return { url, file, cache, stallMilliseconds: this.#options.stallMilliseconds ?? 30_000, signal };
  }

  /** The checksum in the address keeps HTTP caches and our own from serving an older file of the same name. */
  #urlOf({ name, sha256 }: ManifestFile): string {
    return new URL(`${name}?sha256=${sha256.slice(0, 16)}`, this.#folder).href;
  }
}

function allocate(split: Split) {
  return {
    images: new Uint8Array(splitSizes[split] * imageBytes),
    labels: new Uint8Array(splitSizes[split]),
  };
}
