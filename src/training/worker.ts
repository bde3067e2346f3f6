/// <reference lib="webworker" />
/** The training worker's entry: opens the port and hands commands over. */
import { createEngine, probeBackends } from '@/engine/tfjs/backends';
import { bundledWasmBinaries } from '@/engine/tfjs/wasmBinaries';
import { workerPort } from '@/protocol/port';
import { createCommandHandler } from '@/training/commandHandler';
import { DataService } from '@/training/dataService';

const port = workerPort(self);

port.receive(
  createCommandHandler({
    post: port.post,
    backends: {
      probe: probeBackends,
      open: (choice, onDeviceError) =>
        createEngine(choice, { wasmBinaries: bundledWasmBinaries, onDeviceError }),
    },
    data: (onChange) => new DataService({ baseUrl: import.meta.env.BASE_URL, emit: port.post, onChange }),
  }),
);
