/** Verified files kept for the next visit in the browser's Cache API, where there is one. Never a reason to fail. */
import { within } from '@/data/within';

const cacheName = 'digit-lab-mnist';

/** Downloading takes less than waiting for longer. */
const openMilliseconds = 3_000;

/**
 * Entries stand under the file's URL, which carries the checksum: a changed file is another entry, and `keepOnly`
 * removes the old one.
 */
export class FileCache {
  readonly #cache: Cache;

  private constructor(cache: Cache) {
    this.#cache = cache;
  }

  /** Null where there is no Cache API (insecure pages, Node), or it is refused (private mode, blocked storage) or silent. */
  static async open(): Promise<FileCache | null> {
    try {
      const opening = globalThis.caches.open(cacheName);
      return new FileCache(await within(openMilliseconds, opening, 'The cache does not open.'));
    } catch {
      return null;
    }
  }

  async get(url: string): Promise<Uint8Array<ArrayBuffer> | null> {
    try {
      const response = await this.#cache.match(url);
      return response === undefined ? null : new Uint8Array(await response.arrayBuffer());
    } catch {
      return null;
    }
  }

  /** A full disk or quota only means that the next visit downloads again. */
  async put(url: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      await this.#cache.put(url, new Response(bytes));
    } catch {
      await this.remove(url);
    }
  }

  async remove(url: string): Promise<void> {
    await this.#cache.delete(url).catch(() => false);
  }

  /** Removes the entries under `folder` that are not among `urls`; another copy of the app on this origin keeps its own. */
  async keepOnly(folder: string, urls: ReadonlySet<string>): Promise<void> {
    const entries = await this.#cache.keys().catch(() => []);
    const old = entries.filter(({ url }) => url.startsWith(folder) && !urls.has(url));
    await Promise.all(old.map(({ url }) => this.remove(url)));
  }
}
