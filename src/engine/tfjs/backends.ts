/**
 * Which of tfjs's backends work here, which to take, and an engine on it. Runs in the training worker and in Node.
 * Each backend's package is loaded only when it is chosen.
 */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError, type BackendInfo } from '@/engine/engine';
import { webglCanvas, webgpuBackend } from '@/engine/kernels/tfjsInternals';
import { DeviceGuard, type WatchedDevice } from '@/engine/tfjs/deviceGuard';
import { TfjsEngine } from '@/engine/tfjs/tfjsEngine';
import { loadWebgpuBackend } from '@/engine/tfjs/webgpuDevice';
import type { BackendName, BackendProbe, BackendReason } from '@/model/backend';
import { assertNever } from '@/model/layers';

/** Where tfjs's WebAssembly binaries lie: URLs in a browser. In Node leave it out; the package finds its own. */
export interface WasmBinaries {
  readonly simd: string;
  readonly threadedSimd: string;
}

export interface EngineOptions {
  readonly wasmBinaries?: WasmBinaries;
  /** Threads of tfjs's WebAssembly in a browser; as many as there are cores where it is absent and the page may have any. */
  readonly wasmThreads?: number;
  /** Hears of a lost device or an uncaptured WebGPU error at once; the next engine call fails with it, too. */
  readonly onDeviceError?: (error: EngineError) => void;
}

const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function probe(backend: BackendName, reason: BackendReason, device = '', detail = ''): BackendProbe {
  return { backend, usable: reason === 'available' || reason === 'software_adapter', reason, device, detail };
}

function adapterName({ description, device, vendor, architecture }: GPUAdapterInfo): string {
  return description || device || [vendor, architecture].filter(Boolean).join(' ') || 'GPU';
}

async function probeWebGPU(): Promise<BackendProbe> {
  if (typeof navigator === 'undefined' || !('gpu' in navigator)) {
    const isInsecure = 'isSecureContext' in globalThis && !globalThis.isSecureContext;
    return probe('webgpu', isInsecure ? 'insecure_context' : 'no_api');
  }
  try {
    // tfjs reads features of the adapter unasked, so a null one must be found here.
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter === null) return probe('webgpu', 'no_adapter');
    const { info } = adapter;
    const name = adapterName(info);
    const names = [name, info.vendor, info.architecture, info.device].join(' ');
    const isSoftware = info.isFallbackAdapter || softwareNames.test(names);
    return probe('webgpu', isSoftware ? 'software_adapter' : 'available', name);
  } catch (error) {
    return probe('webgpu', 'failed', '', messageOf(error));
  }
}

function probeWebGL(): BackendProbe {
  if (typeof OffscreenCanvas === 'undefined') return probe('webgl', 'no_webgl2');
  try {
    const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
    if (gl === null) return probe('webgl', 'no_webgl2');
    const extension = gl.getExtension('WEBGL_debug_renderer_info');
    const parameter: unknown = gl.getParameter(extension?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
    const device = typeof parameter === 'string' ? parameter : 'GPU';
    // Training in 16-bit floats would not be the network that the page promises.
    const hasFloat32 = gl.getExtension('EXT_color_buffer_float') !== null;
    gl.getExtension('WEBGL_lose_context')?.loseContext();
    if (!hasFloat32) return probe('webgl', 'failed', device, 'EXT_color_buffer_float is missing');
    return probe('webgl', softwareNames.test(device) ? 'software_adapter' : 'available', device);
  } catch (error) {
    return probe('webgl', 'failed', '', messageOf(error));
  }
}

/** A module with one v128 instruction (github.com/GoogleChromeLabs/wasm-feature-detect). */
const simdModule = Uint8Array.of(
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0,
  1,
  5,
  1,
  96,
  0,
  1,
  123,
  3,
  2,
  1,
  0,
  10,
  10,
  1,
  8,
  0,
  65,
  0,
  253,
  15,
  253,
  98,
  11,
);

function threadCount(): number {
  const isolated = 'crossOriginIsolated' in globalThis && globalThis.crossOriginIsolated;
  return isolated ? Math.max(1, navigator.hardwareConcurrency) : 1;
}

const wasmDevice = (threads: number): string =>
  `WebAssembly, SIMD, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;

function probeWasm(): BackendProbe {
  if (typeof WebAssembly === 'undefined') return probe('wasm', 'no_api');
  if (!WebAssembly.validate(simdModule)) return probe('wasm', 'no_simd');
  return probe('wasm', 'available', wasmDevice(threadCount()));
}

/** All four backends, whatever they answer. */
export async function probeBackends(): Promise<readonly BackendProbe[]> {
  return [await probeWebGPU(), probeWebGL(), probeWasm(), probe('cpu', 'available', 'JavaScript')];
}

/**
 * The usable backends, best first: WebGPU and WebGL on real GPUs, wasm, then software: WebGL before cpu, and WebGPU,
 * which SwiftShader runs slower than both, last.
 */
export function orderOfChoice(probes: readonly BackendProbe[]): BackendName[] {
  const rank = ({ backend, reason }: BackendProbe): number => {
    const isReal = reason === 'available';
    switch (backend) {
      case 'webgpu':
        return isReal ? 0 : 5;
      case 'webgl':
        return isReal ? 1 : 3;
      case 'wasm':
        return 2;
      case 'cpu':
        return 4;
      default:
        return assertNever(backend);
    }
  };
  return probes
    .filter(({ usable }) => usable)
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ backend }) => backend);
}

async function loadBackend(
  backend: BackendName,
  { wasmBinaries, wasmThreads = threadCount() }: EngineOptions,
): Promise<void> {
  switch (backend) {
    case 'webgpu':
      await loadWebgpuBackend();
      return;
    case 'webgl':
      await import('@tensorflow/tfjs-backend-webgl');
      // tfjs refuses software WebGL by default; whoever gets here chose it.
      tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
      return;
    case 'wasm': {
      const { setWasmPaths, setThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
      if (wasmBinaries !== undefined && tf.engine().findBackend('wasm') === null) {
        setWasmPaths({
          // The build without SIMD is never reached: the probe asks for SIMD.
          'tfjs-backend-wasm.wasm': wasmBinaries.simd,
          'tfjs-backend-wasm-simd.wasm': wasmBinaries.simd,
          'tfjs-backend-wasm-threaded-simd.wasm': wasmBinaries.threadedSimd,
        });
        setThreadsCount(wasmThreads);
      }
      return;
    }
    case 'cpu':
      await import('@tensorflow/tfjs-backend-cpu');
      return;
    default:
      assertNever(backend);
  }
}

function describe({ backend, device, reason }: BackendProbe): BackendInfo {
  const isWebGPU = backend === 'webgpu';
  const limits = isWebGPU ? webgpuBackend().device.limits : null;
  return {
    engine: 'tfjs',
    backend,
    device,
    isSoftware: reason === 'software_adapter',
    limits: {
      maxBufferSize: limits?.maxBufferSize ?? null,
      maxStorageBufferBindingSize: limits?.maxStorageBufferBindingSize ?? null,
    },
  };
}

function watchedDevice(backend: BackendName): WatchedDevice {
  if (backend === 'webgpu') return { device: webgpuBackend().device };
  return backend === 'webgl' ? { canvas: webglCanvas() } : {};
}

/** A backend that is up, with what an engine of any kind needs of it. */
export interface StartedBackend {
  /** Names tfjs as the engine. */
  readonly info: BackendInfo;
  readonly guard: DeviceGuard;
}

/**
 * Starts one backend. tfjs has one current backend a worker, so one engine at a time.
 * @throws EngineError `unsupported` when the backend does not start.
 */
export async function startBackend(
  chosen: BackendProbe,
  options: EngineOptions = {},
): Promise<StartedBackend> {
  const { backend } = chosen;
  if (!chosen.usable) {
    throw new EngineError(
      'unsupported',
      `The ${backend} backend cannot be used here: ${chosen.reason}. ${chosen.detail}`,
    );
  }
  try {
    await loadBackend(backend, options);
    if (!(await tf.setBackend(backend))) throw new Error('tfjs could not initialise it.');
    await tf.ready();
  } catch (error) {
    throw new EngineError('unsupported', `The ${backend} backend did not start: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return {
    info: describe(chosen),
    guard: new DeviceGuard(watchedDevice(backend), options.onDeviceError),
  };
}

/** Starts one backend and makes the reference engine on it. @throws EngineError as startBackend */
export async function startEngine(chosen: BackendProbe, options: EngineOptions = {}): Promise<TfjsEngine> {
  const { info, guard } = await startBackend(chosen, options);
  return new TfjsEngine(info, guard);
}

/**
 * An engine on the backend named, or with `auto` on the first of orderOfChoice that starts.
 * @throws EngineError `unsupported` with what each one said.
 */
export async function createEngine(
  choice: 'auto' | BackendName,
  options: EngineOptions = {},
): Promise<{ readonly engine: TfjsEngine; readonly probes: readonly BackendProbe[] }> {
  const probes = await probeBackends();
  const candidates = choice === 'auto' ? orderOfChoice(probes) : [choice];
  const failures: string[] = [];
  for (const backend of candidates) {
    const found = probes.find((one) => one.backend === backend);
    if (found === undefined) continue;
    try {
      return { engine: await startEngine(found, options), probes };
    } catch (error) {
      failures.push(messageOf(error));
    }
  }
  throw new EngineError('unsupported', failures.join(' '));
}
