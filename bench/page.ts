/** The benchmark's page: one worker an engine, driven by Playwright through `window.ask`. */
import type { TrainerAnswer, TrainerCommand } from './trainer.ts';

const workers = new Map<string, Worker>();

function workerOf(backend: string): Worker {
  let worker = workers.get(backend);
  if (worker === undefined) {
    worker = new Worker(new URL('./browserWorker.ts', import.meta.url), { type: 'module', name: backend });
    workers.set(backend, worker);
  }
  return worker;
}

function ask(backend: string, command: TrainerCommand): Promise<TrainerAnswer> {
  const worker = workerOf(backend);
  return new Promise((resolve) => {
    worker.addEventListener('message', (event: MessageEvent<TrainerAnswer>) => resolve(event.data), {
      once: true,
    });
    worker.addEventListener(
      'error',
      (event) =>
        resolve({
          milliseconds: Number.NaN,
          profile: null,
          error: event.message || 'The worker did not start.',
        }),
      { once: true },
    );
    worker.postMessage(command);
  });
}

function stop(backend: string): void {
  workers.get(backend)?.terminate();
  workers.delete(backend);
}

declare global {
  interface Window {
    ask: typeof ask;
    stopTrainer: typeof stop;
  }
}
window.ask = ask;
window.stopTrainer = stop;
