/** What can compute in a browser, and why it is or is not used: engines find it out, the page tells it. */

export type BackendName = 'webgpu' | 'webgl' | 'wasm' | 'cpu';

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
