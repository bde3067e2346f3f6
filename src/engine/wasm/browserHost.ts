/** The host of the engine in a browser, best in a worker. */
import { reasonOf } from '@/data/dataError';
import { downloadFile } from '@/data/download';
import type { ThreadStart, WasmHost, WasmThread } from '@/engine/wasm/wasmHost';
import { canShareMemory, maySleep } from '@/engine/wasmFeatures';
import type { VariantName } from '@/engine/wasm/variants';

/** The bundler sees these URLs and ships the files. */
const binaryUrls: Readonly<Record<VariantName, URL>> = {
  simd: new URL('./build/simd.wasm', import.meta.url),
  simdThreads: new URL('./build/simdThreads.wasm', import.meta.url),
  relaxed: new URL('./build/relaxed.wasm', import.meta.url),
  relaxedThreads: new URL('./build/relaxedThreads.wasm', import.meta.url),
};

/** Without a byte for so long, another build is tried. */
const stallMilliseconds = 5_000;

async function readBinary(name: VariantName): Promise<Uint8Array<ArrayBuffer>> {
  const file = `${name}.wasm`;
  const url = binaryUrls[name].href;
  try {
    return await downloadFile({ url, file, cache: 'default', stallMilliseconds, signal: undefined });
  } catch (error) {
    // The download's own message says what to do about data; its cause says what happened.
    const reason = reasonOf((error as Error).cause ?? error);
    throw new Error(`${file} could not be loaded: ${reason}.`, { cause: error });
  }
}

function createThread(): WasmThread {
  const worker = new Worker(new URL('./threadWorker.ts', import.meta.url), {
    type: 'module',
    name: 'wasm engine thread',
  });
  // A script that does not load tells it once, perhaps before anybody asks.
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event: Event) => {
      const message = event instanceof ErrorEvent ? event.message : '';
      reject(new Error(message === '' ? 'Its script could not be loaded.' : message));
    });
    worker.addEventListener('messageerror', () => reject(new Error('The memory could not be handed over.')));
  });
  // It may fail when nobody waits for it.
  failed.catch(() => undefined);
  const answer = (): Promise<void> =>
    new Promise((resolve) => {
      worker.addEventListener('message', () => resolve(), { once: true });
    });
  return {
    start: async (start: ThreadStart) => {
      const started = answer();
      worker.postMessage(start);
      await Promise.race([started, failed]);
    },
    terminate: () => worker.terminate(),
  };
}

export function browserHost(): WasmHost {
  return {
    readBinary,
    createThread: canShareMemory() ? createThread : null,
    // Safari had none for years.
    processors: (navigator as { hardwareConcurrency?: number }).hardwareConcurrency ?? 1,
    maySleep: maySleep(),
  };
}
