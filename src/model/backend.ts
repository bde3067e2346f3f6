/** What can compute in a browser, and why it is or is not used: engines find it out, the page tells it. */

export type BackendName = 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** Which implementation computes: tfjs, the reference, or one of our own. */
export type EngineName = 'tfjs' | 'wasm' | 'webgpu';

/** In bytes, as WebGPU names them; null where a device has no such limit. */
export interface BufferLimits {
  readonly maxBufferSize: number | null;
  readonly maxStorageBufferBindingSize: number | null;
}

/** Bytes that one buffer may have and be bound whole. */
export function largestBuffer({ maxBufferSize, maxStorageBufferBindingSize }: BufferLimits): number {
  return Math.min(
    maxBufferSize ?? Number.POSITIVE_INFINITY,
    maxStorageBufferBindingSize ?? Number.POSITIVE_INFINITY,
  );
}

export const noLimits: BufferLimits = { maxBufferSize: null, maxStorageBufferBindingSize: null };

/** Why a backend is or is not used; the page has a text for each. */
export type BackendReason =
  | 'available'
  | 'no_api'
  | 'no_adapter'
  | 'software_adapter'
  | 'no_webgl2'
  | 'no_simd'
  | 'insecure_context'
  | 'failed';

/** Why the engine that computes is not the best that there could be; the page has a text for each. */
export type EngineNoticeReason =
  /** The server does not isolate the page, so that no memory is shared. */
  | 'not_isolated'
  /** The page is isolated, and the browser shares no memory all the same. */
  | 'no_shared_memory'
  /** A thread's script did not load, or ended with an error. */
  | 'thread_failed'
  | 'thread_silent'
  /** Threads answered, but work on copies of the memory. */
  | 'memory_not_shared'
  /** The build for several threads could not be loaded. */
  | 'threaded_kernels_failed'
  /** The build with fused multiply-add could not be loaded. */
  | 'fused_kernels_failed'
  /** It took the place of one whose device was lost. */
  | 'engine_lost';

export interface EngineNotice {
  readonly reason: EngineNoticeReason;
  /** What was found, in English; empty where there is nothing to add. */
  readonly detail: string;
}

export interface BackendProbe {
  readonly backend: BackendName;
  /** True also for a GPU in software, which can be chosen by name. */
  readonly usable: boolean;
  readonly reason: BackendReason;
  /** Adapter, renderer or CPU, as people know it; empty where there is none. */
  readonly device: string;
  /** The browser's own message, where there is one. */
  readonly detail: string;
}

/** What computes. */
export interface BackendInfo {
  readonly engine: EngineName;
  readonly backend: BackendName;
  /** The adapter's or CPU's description as people know it, such as `NVIDIA H100` or `WebAssembly, SIMD, 4 threads`. */
  readonly device: string;
  /** A GPU in software (SwiftShader, lavapipe): correct, slow. */
  readonly isSoftware: boolean;
  readonly limits: BufferLimits;
  /** Why it computes slower than it could; absent where it does not. */
  readonly notices?: readonly EngineNotice[];
}

/** The device of WebAssembly's engines, as records have it; on the page it is read out in its language (ui/text/deviceText.ts). */
export const wasmDevice = (threads: number, isFused: boolean): string =>
  `WebAssembly, SIMD${isFused ? ' with fused multiply-add' : ''}, ${threads} thread${threads === 1 ? '' : 's'}`;
