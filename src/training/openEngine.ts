/** Which engine computes on which backend: our own where there is one, tfjs, the reference, where it is asked for. */
import { EngineError, type Engine } from '@/engine/engine';
import {
  orderOfChoice,
  probeBackends,
  startEngine,
  type BackendProbe,
  type EngineOptions,
} from '@/engine/tfjs/backends';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import type { WasmHost } from '@/engine/wasm/wasmHost';
import type { EngineChoice } from '@/protocol/messages';

export interface EngineRequest {
  readonly choice: EngineChoice;
  /** Compute with tfjs also where an engine of our own could. */
  readonly reference: boolean;
}

export interface OpenedEngine {
  readonly engine: Engine;
  readonly probes: readonly BackendProbe[];
}

export interface OpenEngineOptions extends EngineOptions {
  /** Where our WebAssembly kernels run. */
  readonly wasmHost: WasmHost;
}

/**
 * Opens what was chosen, or with `auto` the first backend of orderOfChoice that starts.
 * @throws EngineError `unsupported` with what each one said
 */
export async function openEngine(
  { choice, reference }: EngineRequest,
  options: OpenEngineOptions,
): Promise<OpenedEngine> {
  const probes = await probeBackends();
  const candidates = choice === 'auto' ? orderOfChoice(probes) : [choice];
  const failures: string[] = [];
  for (const backend of candidates) {
    const found = probes.find((one) => one.backend === backend);
    if (found === undefined) continue;
    const ways =
      backend === 'wasm' && !reference
        ? [() => createWasmEngine({ host: options.wasmHost }), () => startEngine(found, options)]
        : [() => startEngine(found, options)];
    for (const start of ways) {
      try {
        // The next is tried only where this one fails.
        // oxlint-disable-next-line no-await-in-loop
        return { engine: await start(), probes };
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
  }
  throw new EngineError('unsupported', failures.join(' '));
}
