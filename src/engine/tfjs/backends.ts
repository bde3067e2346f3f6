/**
 * Which of tfjs's backends work here, which to take, and an engine on it. Runs in the training worker and in Node.
 * Each backend's package is loaded only when it is chosen.
 */
import * as tf from '@tensorflow/tfjs-core';
import { within } from '@/data/within';
import {
  type BackendInfo,
  type BackendName,
  type BackendProbe,
  type BackendReason,
  wasmDevice,
} from '@/model/backend';
import { EngineError } from '@/engine/engine';
import { abandonWebglReads, webglCanvas, webgpuBackend } from '@/engine/tfjs/kernels/tfjsInternals';
import { DeviceGuard, type WatchedDevice } from '@/engine/deviceGuard';
import { TfjsEngine } from '@/engine/tfjs/tfjsEngine';
import { loadWebgpuBackend } from '@/engine/tfjs/webgpuDevice';
import { toldInfo } from '@/engine/adapterInfo';
import { hasWasmSimd } from '@/engine/wasmFeatures';
import { assertNever } from '@/model/layers';

/** Where tfjs's WebAssembly binaries lie: URLs in a browser. In Node leave it out; the package finds its own. */
export interface WasmBinaries {
  readonly simd: string;
  readonly threadedSimd: string;
}

export interface EngineOptions {
  readonly wasmBinaries?: WasmBinaries;
  /** Threads of tfjs's WebAssembly in a browser; without it, tfjs takes as many as there are cores where memory can be shared. */
  readonly wasmThreads?: number;
  /** Hears of a lost device or an uncaptured WebGPU error at once; the next engine call fails with it, too. */
  readonly onDeviceError?: (error: EngineError) => void;
  /** Makes the device anew, since the one that the worker had was lost; tfjs would hand out the old one for ever. */
  readonly anew?: boolean;
}

/** A GPU's driver or a backend's script that has not answered by then is taken for dead. */
const answerMilliseconds = 20_000;

const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i;

/** tfjs throws plain objects with a message, too. */
function messageOf(error: unknown): string {
  const hasMessage = typeof error === 'object' && error !== null && 'message' in error;
  return hasMessage ? String(error.message) : String(error);
}

function probe(backend: BackendName, reason: BackendReason, device = '', detail = ''): BackendProbe {
  return { backend, usable: reason === 'available' || reason === 'software_adapter', reason, device, detail };
}

function adapterName({ description, device, vendor, architecture }: Partial<GPUAdapterInfo>): string {
  return description || device || [vendor, architecture].filter(Boolean).join(' ') || 'GPU';
}

async function probeWebGPU(): Promise<BackendProbe> {
  if (typeof navigator === 'undefined' || !('gpu' in navigator)) {
    const isInsecure = 'isSecureContext' in globalThis && !globalThis.isSecureContext;
    return probe('webgpu', isInsecure ? 'insecure_context' : 'no_api');
  }
  try {
    // tfjs reads features of the adapter unasked, so a null one must be found here.
    const adapter = await within(
      answerMilliseconds,
      navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }),
      'No GPU adapter answered in time.',
    );
    if (adapter === null) return probe('webgpu', 'no_adapter');
    const info = toldInfo(adapter.info);
    const name = adapterName(info);
    const names = [name, info.vendor, info.architecture, info.device].join(' ');
    const isSoftware = info.isFallbackAdapter === true || softwareNames.test(names);
    return probe('webgpu', isSoftware ? 'software_adapter' : 'available', name);
  } catch (error) {
    return probe('webgpu', 'failed', '', messageOf(error));
  }
}

/** Draws a value that 16-bit floats lack, and reads it: training in those would not be the network that the page promises. */
function keepsFloat32(gl: WebGL2RenderingContext): boolean {
  if (gl.getExtension('EXT_color_buffer_float') === null) return false;
  const value = 1 + 2 ** -20;
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA32F, 1, 1);
  gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
  gl.framebufferTexture2D(
    gl.FRAMEBUFFER,
    gl.COLOR_ATTACHMENT0,
    gl.TEXTURE_2D,
    gl.getParameter(gl.TEXTURE_BINDING_2D),
    0,
  );
  gl.clearBufferfv(gl.COLOR, 0, [value, value, value, value]);
  const read = new Float32Array(4);
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.FLOAT, read);
  return read.every((one) => one === value);
}

function hasFastWebGL(): boolean {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  return gl !== null;
}

function probeWebGL(): BackendProbe {
  if (typeof OffscreenCanvas === 'undefined') return probe('webgl', 'no_webgl2');
  try {
    const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
    if (gl === null) return probe('webgl', 'no_webgl2');
    const extension = gl.getExtension('WEBGL_debug_renderer_info');
    const parameter: unknown = gl.getParameter(extension?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
    const device = typeof parameter === 'string' ? parameter : 'GPU';
    const hasFloat32 = keepsFloat32(gl);
    gl.getExtension('WEBGL_lose_context')?.loseContext();
    if (!hasFloat32) return probe('webgl', 'failed', device, 'It does not compute in 32-bit floats.');
    // Some browsers name no renderer, but refuse a context that must not be slow.
    const isSoftware = softwareNames.test(device) || !hasFastWebGL();
    return probe('webgl', isSoftware ? 'software_adapter' : 'available', device);
  } catch (error) {
    return probe('webgl', 'failed', '', messageOf(error));
  }
}

function probeWasm(): BackendProbe {
  if (typeof WebAssembly === 'undefined') return probe('wasm', 'no_api');
  if (!hasWasmSimd()) return probe('wasm', 'no_simd');
  return probe('wasm', 'available', 'WebAssembly, SIMD');
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
  { wasmBinaries, wasmThreads }: EngineOptions,
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
        if (wasmThreads !== undefined) setThreadsCount(wasmThreads);
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

/** What tfjs really started. */
async function startedDevice({ backend, device }: BackendProbe): Promise<string> {
  if (backend !== 'wasm') return device;
  const { getThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
  return wasmDevice(getThreadsCount(), false);
}

function describe({ backend, reason }: BackendProbe, device: string): BackendInfo {
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

/** Drops a backend whose device is gone; the next start makes it anew. */
function dropBackend(backend: BackendName): void {
  const factory = tf.findBackendFactory(backend);
  // Null where its package was not loaded yet.
  if ((factory as typeof factory | null) === null) return;
  tf.removeBackend(backend);
  tf.registerBackend(backend, factory);
}

let wanted: BackendName | null = null;

async function setBackend(backend: BackendName, options: EngineOptions): Promise<void> {
  wanted = backend;
  if (options.anew === true) dropBackend(backend);
  await loadBackend(backend, options);
  if (!(await tf.setBackend(backend))) throw new Error('tfjs could not initialise it.');
  // One that nobody waits for any more must not take the place of what was started since.
  if (wanted !== backend) await tf.setBackend(wanted);
  await tf.ready();
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
    await within(answerMilliseconds, setBackend(backend, options), 'It did not answer in time.');
  } catch (error) {
    throw new EngineError('unsupported', `The ${backend} backend did not start: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return {
    info: describe(chosen, await startedDevice(chosen)),
    guard: new DeviceGuard(watchedDevice(backend), (error) => {
      if (backend === 'webgl') abandonWebglReads();
      options.onDeviceError?.(error);
    }),
  };
}

/** Starts one backend and makes the reference engine on it. @throws EngineError as startBackend */
export async function startTfjsEngine(
  chosen: BackendProbe,
  options: EngineOptions = {},
): Promise<TfjsEngine> {
  const { info, guard } = await startBackend(chosen, options);
  return new TfjsEngine(info, guard);
}

/**
 * An engine on the backend named, or with `auto` on the first of orderOfChoice that starts.
 * @throws EngineError `unsupported` with what each one said.
 */
export async function createTfjsEngine(
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
      return { engine: await startTfjsEngine(found, options), probes };
    } catch (error) {
      failures.push(messageOf(error));
    }
  }
  throw new EngineError('unsupported', failures.join(' '));
}
