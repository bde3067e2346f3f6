/** Chooses the build of the kernels and the number of threads, and makes the engine. */
import { noLimits, type BackendInfo, type EngineNotice, wasmDevice } from '@/model/backend';
import { EngineError } from '@/engine/engine';
import { loadKernels, missedFusion, type Kernels } from '@/engine/wasm/loadKernels';
import { ThreadPool, ThreadsError } from '@/engine/wasm/threadPool';
import { variants } from '@/engine/wasm/variants';
import { WasmEngine } from '@/engine/wasm/wasmEngine';
import { hasWasmSimd } from '@/engine/wasmFeatures';
import type { WasmHost } from '@/engine/wasm/wasmHost';
import { WasmRuntime } from '@/engine/wasm/wasmRuntime';

export interface WasmEngineOptions {
  readonly host: WasmHost;
  /** Threads to compute on, neither more nor fewer; by default all processors but one, or one where threads do not work. */
  readonly threads?: number;
  /** Fused multiply-add; by default wherever the browser has relaxed SIMD. */
  readonly relaxed?: boolean;
  /** Told when threads are lost after the start; `info` of the engine says why. */
  readonly onInfoChange?: (() => void) | undefined;
}

/** Threads by default: one core stays free for the page. */
const defaultThreads = (host: WasmHost): number => Math.max(1, host.processors - 1);

/** @throws ThreadsError */
function startThreads({ createThread }: WasmHost, count: number): ThreadPool {
  if (createThread !== null) return new ThreadPool(createThread, count);
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated;
  throw new ThreadsError(isolated === false ? 'not_isolated' : 'no_shared_memory', '');
}

/**
 * On several threads where they prove to work, else on one: `info.notices` says why.
 * @throws EngineError `unsupported` where WebAssembly SIMD is missing, the kernels cannot be loaded, or `threads` or `relaxed` cannot be had
 */
export async function createWasmEngine(options: WasmEngineOptions): Promise<WasmEngine> {
  if (!hasWasmSimd()) {
    throw new EngineError(
      'unsupported',
      'This browser has no SIMD in WebAssembly. Use a newer one (Chrome 91, Firefox 89, Safari 16.4 or later), or the slower cpu backend.',
    );
  }
  const threads = options.threads ?? defaultThreads(options.host);
  if (threads === 1) return openSingle(options, []);
  try {
    return await openThreaded(options, threads);
  } catch (error) {
    if (!(error instanceof ThreadsError)) throw error;
    if (options.threads === undefined) return openSingle(options, [error.notice]);
    throw new EngineError(
      'unsupported',
      `${threads} threads cannot be had: ${error.notice.reason}. ${error.message}`,
      {
        cause: error,
      },
    );
  }
}

/** @throws ThreadsError where one thread has to do */
async function openThreaded(options: WasmEngineOptions, threads: number): Promise<WasmEngine> {
  // Their scripts load while the kernels do.
  const pool = startThreads(options.host, threads - 1);
  try {
    const kernels = await loadKernels(options.host, true, options.relaxed).catch((error: unknown) => {
      throw new ThreadsError(
        'threaded_kernels_failed',
        error instanceof Error ? error.message : String(error),
      );
    });
    await pool.prove(kernels.module);
    return engineOf(options, kernels, pool, []);
  } catch (error) {
    pool.dispose();
    throw error;
  }
}

async function openSingle(options: WasmEngineOptions, notices: readonly EngineNotice[]): Promise<WasmEngine> {
  return engineOf(options, await loadKernels(options.host, false, options.relaxed), null, notices);
}

function engineOf(
  { host, onInfoChange }: WasmEngineOptions,
  kernels: Kernels,
  pool: ThreadPool | null,
  slower: readonly EngineNotice[],
): WasmEngine {
  const { relaxed, shared, maxPanel } = variants[kernels.name];
  const notices = [...slower];
  const missed = missedFusion(kernels);
  if (missed !== null) notices.push({ reason: 'fused_kernels_failed', detail: missed });
  const runtime = new WasmRuntime({
    module: kernels.module,
    isShared: shared,
    pool,
    maySleep: host.maySleep,
    onThreadsLost: (notice) => {
      notices.push(notice);
      onInfoChange?.();
    },
  });
  const info = (): BackendInfo => ({
    engine: 'wasm',
    backend: 'wasm',
    device: wasmDevice(runtime.threads, relaxed),
    isSoftware: false,
    limits: noLimits,
    ...(notices.length === 0 ? {} : { notices: [...notices] }),
  });
  return new WasmEngine({ info, runtime, threads: runtime.threads, maxPanel });
}
