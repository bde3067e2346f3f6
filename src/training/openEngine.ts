/** Which engine computes on which backend: our own where there is one, tfjs, the reference, where it is asked for. */
import type { BackendName, BackendProbe } from '@/model/backend';
import { EngineError, type Engine } from '@/engine/engine';
import { orderOfChoice, probeBackends, startTfjsEngine } from '@/engine/tfjs/backends';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import type { WasmHost } from '@/engine/wasm/wasmHost';
import { createWebgpuEngine, type WebgpuEngineOptions } from '@/engine/webgpu/createWebgpuEngine';
import type { EngineChoice } from '@/protocol/messages';

export interface EngineRequest {
  readonly choice: EngineChoice;
  /** Compute with tfjs also where an engine of our own could. */
  readonly reference: boolean;
  /** Backends whose device is gone: each is started on a new one. */
  readonly gone?: ReadonlySet<BackendName>;
  /** After a loss: what to try first, and what not at all; any other may take the place of what was chosen. */
  readonly recovery?: { readonly first: BackendName; readonly avoid: ReadonlySet<BackendName> } | null;
}

export interface OpenedEngine {
  readonly engine: Engine;
  readonly probes: readonly BackendProbe[];
  /** Why tfjs computes where an engine of our own was wanted; null where none was, or it runs. */
  readonly fallbackReason: string | null;
}

export interface OpenEngineOptions extends WebgpuEngineOptions {
  /** Where our WebAssembly kernels run. */
  readonly wasmHost: WasmHost;
  /** Told when the engine's `info` has changed since it was opened. */
  readonly onInfoChange?: () => void;
}

/** Ways to compute on a backend, best first; the last is always tfjs. */
function waysOf(
  found: BackendProbe,
  reference: boolean,
  options: OpenEngineOptions,
): readonly (() => Promise<Engine>)[] {
  const tfjs = (): Promise<Engine> => startTfjsEngine(found, options);
  if (reference) return [tfjs];
  const { wasmHost: host, onInfoChange } = options;
  if (found.backend === 'wasm') return [() => createWasmEngine({ host, onInfoChange }), tfjs];
  if (found.backend === 'webgpu') return [() => createWebgpuEngine(found, options), tfjs];
  return [tfjs];
}

/** Backends to try, in this order. */
function candidates({ choice, recovery }: EngineRequest, probes: readonly BackendProbe[]): BackendName[] {
  const order = orderOfChoice(probes);
  const chosen = choice === 'auto' ? order : [choice];
  if (recovery === undefined || recovery === null) return chosen;
  return [...new Set([recovery.first, ...chosen, ...order])].filter((one) => !recovery.avoid.has(one));
}

/**
 * Opens what was chosen, or with `auto` the first backend of orderOfChoice that starts.
 * @throws EngineError `unsupported` with what each one said
 */
export async function openEngine(request: EngineRequest, options: OpenEngineOptions): Promise<OpenedEngine> {
  const probes = await probeBackends();
  const failures: string[] = [];
  for (const backend of candidates(request, probes)) {
    const found = probes.find((one) => one.backend === backend);
    if (found === undefined) continue;
    let fallbackReason: string | null = null;
    const anew = request.gone?.has(backend) === true;
    for (const start of waysOf(found, request.reference, { ...options, anew })) {
      try {
        // The next is tried only where this one fails.
        // oxlint-disable-next-line no-await-in-loop
        return { engine: await start(), probes, fallbackReason };
      } catch (error) {
        fallbackReason = error instanceof Error ? error.message : String(error);
        failures.push(fallbackReason);
      }
    }
  }
  throw new EngineError('unsupported', failures.join(' '));
}
