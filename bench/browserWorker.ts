/** The worker of one trainer in a browser: its name says which. Commands and answers as in trainer.ts. */
import type { BackendName } from '@/model/backend';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { createTfjsEngine, probeBackends } from '@/engine/tfjs/backends';
import { createWebgpuEngine } from '@/engine/webgpu/createWebgpuEngine';
import { engineTrainer } from './engineTrainer.ts';
import { createJaxTrainer } from './jaxTrainer.ts';
import { recordedTrainer } from './recordedTrainer.ts';
import { countGpuUse } from './stepProfile.ts';
import { takeStockKernels } from './stockWasm.ts';
import { answer, type Trainer, type TrainerCommand } from './trainer.ts';
import { wasmEngineOf } from './wasmNames.ts';

async function create(): Promise<Trainer> {
  countGpuUse();
  if (self.name === 'jax-js') return createJaxTrainer();
  if (self.name === 'recorded' || self.name === 'unrecorded')
    return recordedTrainer(self.name === 'recorded');
  if (self.name === 'webgpu') {
    const found = (await probeBackends()).find(({ backend }) => backend === 'webgpu');
    if (found === undefined) throw new Error('WebGPU was not probed.');
    return engineTrainer(await createWebgpuEngine(found));
  }
  const own = wasmEngineOf(self.name);
  if (own !== undefined) return engineTrainer(await own);
  const [backend, threads] = self.name.replace(/^(stock )?tfjs-/, '').split(', ');
  const isStock = self.name.startsWith('stock ');
  const stockKernels = isStock ? await takeStockKernels() : null;
  const { engine } = await createTfjsEngine(backend as BackendName, {
    wasmBinaries: { simd, threadedSimd },
    ...(threads === undefined ? {} : { wasmThreads: Number.parseInt(threads, 10) }),
  });
  stockKernels?.putBack();
  return engineTrainer(engine);
}

const trainer = create();
// A failed start is answered to the first command.
trainer.catch(() => undefined);

self.addEventListener('message', (event: MessageEvent<TrainerCommand>) => {
  void answer(trainer, event.data).then((result) => self.postMessage(result));
});
