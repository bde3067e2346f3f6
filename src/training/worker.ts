/// <reference lib="webworker" />
/** The training worker's entry: opens the port and hands commands over. */
import { probeBackends } from '@/engine/tfjs/backends';
import { bundledWasmBinaries } from '@/engine/tfjs/wasmBinaries';
import { browserHost } from '@/engine/wasm/browserHost';
import { workerPort } from '@/protocol/port';
import { createCommandHandler } from '@/training/commandHandler';
import { DataService } from '@/training/dataService';
import { openDataSets } from '@/storage/dataSets/dataSetStore';
import { openRuns } from '@/storage/runs/openRuns';
import { storedTileChoices } from '@/storage/tileChoices';
import { openEngine } from '@/training/openEngine';

const port = workerPort(self);

port.receive(
  createCommandHandler({
    post: port.post,
    backends: {
      probe: probeBackends,
      open: (request, onDeviceError, onInfoChange) =>
        openEngine(request, {
          wasmBinaries: bundledWasmBinaries,
          wasmHost: browserHost(),
          tileChoices: storedTileChoices(),
          onDeviceError,
          onInfoChange,
        }),
    },
    runs: openRuns(),
    dataSets: openDataSets(),
    visit: { browser: navigator.userAgent, pageVersion: import.meta.env['PAGE_VERSION'] as string },
    data: (onChange) => new DataService({ baseUrl: import.meta.env.BASE_URL, emit: port.post, onChange }),
  }),
);

/** Holds a lock of its own for as long as it lives, so that the page learns of its end. */
function holdLock(): void {
  const name = `digit-lab.worker.${performance.timeOrigin}.${Math.random()}`;
  const locks = (navigator as { locks?: LockManager }).locks;
  if (locks === undefined) {
    // Plain http pages have none.
    port.post({ type: 'started', lock: null });
    return;
  }
  const held = locks.request(name, () => {
    port.post({ type: 'started', lock: name });
    return new Promise(() => undefined);
  });
  // There, and refused: where storage is blocked.
  held.catch(() => port.post({ type: 'started', lock: null }));
}

holdLock();
