/** The host of the engine in a browser, best in a worker. */
import type { ThreadStart, WasmHost, WasmThread } from '@/engine/wasm/wasmHost';
import type { VariantName } from '@/engine/wasm/variants';

/** The bundler sees these URLs and ships the files. */
const binaryUrls: Readonly<Record<VariantName, URL>> = {
  simd: new URL('./build/simd.wasm', import.meta.url),
  simdThreads: new URL('./build/simdThreads.wasm', import.meta.url),
  relaxed: new URL('./build/relaxed.wasm', import.meta.url),
  relaxedThreads: new URL('./build/relaxedThreads.wasm', import.meta.url),
};

async function readBinary(name: VariantName): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(binaryUrls[name]);
  if (!response.ok) throw new Error(`The kernels ${name}.wasm could not be loaded: HTTP ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

function createThread(): WasmThread {
  const worker = new Worker(new URL('./threadWorker.ts', import.meta.url), {
    type: 'module',
    name: 'wasm engine thread',
  });
  return {
    start: (start: ThreadStart) =>
      new Promise<void>((resolve, reject) => {
        worker.addEventListener('message', () => resolve(), { once: true });
        worker.addEventListener('error', (event) => reject(new Error(event.message)), { once: true });
        worker.postMessage(start);
      }),
    terminate: () => worker.terminate(),
  };
}

export function browserHost(): WasmHost {
  return {
    readBinary,
    createThread: globalThis.crossOriginIsolated ? createThread : null,
    processors: navigator.hardwareConcurrency,
    maySleep: typeof WorkerGlobalScope !== 'undefined' && globalThis instanceof WorkerGlobalScope,
  };
}
