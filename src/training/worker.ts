/// <reference lib="webworker" />
/** The training worker's entry: opens the port and hands commands over. */
import { probeBackends } from '@/engine/tfjs/backends';
import { bundledWasmBinaries } from '@/engine/tfjs/wasmBinaries';
import { browserHost } from '@/engine/wasm/browserHost';
import { workerPort } from '@/protocol/port';
import { createCommandHandler } from '@/training/commandHandler';
import { DataService } from '@/training/dataService';
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
    data: (onChange) => new DataService({ baseUrl: import.meta.env.BASE_URL, emit: port.post, onChange }),
  }),
);
