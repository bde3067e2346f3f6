/** The worker of one engine in a browser: the URL's hash names the backend. Commands and answers as in engineTask.ts. */
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import type { BackendName, Engine } from '@/engine/engine';
import { createEngine } from '@/engine/tfjs/backends';
import { answer, type EngineCommand } from './engineTask.ts';
import { wasmEngineOf } from './wasmNames.ts';

async function create(): Promise<Engine> {
  const own = wasmEngineOf(self.name);
  if (own !== undefined) return own;
  const backend = self.name as BackendName;
  const { engine } = await createEngine(backend, { wasmBinaries: { simd, threadedSimd } });
  return engine;
}

const engine = create();
// A failed start is answered to the first command.
engine.catch(() => undefined);

self.addEventListener('message', (event: MessageEvent<EngineCommand>) => {
  void answer(engine, event.data).then((result) => self.postMessage(result));
});
