/** Chooses the build of the kernels and the number of threads, and makes the engine. */
import { EngineError } from '@/engine/engine';
import { variants, type VariantName } from '@/engine/wasm/variants';
import { WasmEngine } from '@/engine/wasm/wasmEngine';
import type { WasmHost } from '@/engine/wasm/wasmHost';
import { WasmRuntime } from '@/engine/wasm/wasmRuntime';

export interface WasmEngineOptions {
  readonly host: WasmHost;
  /** Threads to compute on; by default all processors but one, at least one, and one where memory cannot be shared. */
  readonly threads?: number;
  /** Fused multiply-add; by default wherever the browser has relaxed SIMD. */
  readonly relaxed?: boolean;
}

/** (module (func (result v128) (i32x4.splat (i32.const 0)))) */
const simdProbe = Uint8Array.of(
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
  8,
  1,
  6,
  0,
  65,
  0,
  253,
  17,
  11,
);

/** Whether this browser runs the kernels at all. Where not, tfjs's cpu backend is what is left. */
export function hasWasmSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(simdProbe);
}

/** Threads by default: one core stays free for the page. */
export function defaultThreads(host: WasmHost): number {
  return host.createThread === null ? 1 : Math.max(1, host.processors - 1);
}

function variantName(isRelaxed: boolean, isShared: boolean): VariantName {
  if (isShared) return isRelaxed ? 'relaxedThreads' : 'simdThreads';
  return isRelaxed ? 'relaxed' : 'simd';
}

/** Compiles the wanted build, or the plain one where the browser refuses relaxed SIMD. */
async function compileKernels(host: WasmHost, options: WasmEngineOptions, isShared: boolean) {
  if (options.relaxed !== false) {
    const name = variantName(true, isShared);
    const binary = await host.readBinary(name);
    if (WebAssembly.validate(binary)) return { name, module: await WebAssembly.compile(binary) };
    if (options.relaxed === true) {
      throw new EngineError(
        'unsupported',
        'This browser has no relaxed SIMD in WebAssembly. Use the plain kernels.',
      );
    }
  }
  const name = variantName(false, isShared);
  return { name, module: await WebAssembly.compile(await host.readBinary(name)) };
}

/** @throws EngineError `unsupported` where WebAssembly SIMD is missing. */
export async function createWasmEngine(options: WasmEngineOptions): Promise<WasmEngine> {
  const { host } = options;
  if (!hasWasmSimd()) {
    throw new EngineError(
      'unsupported',
      'This browser has no SIMD in WebAssembly. Use a newer one (Chrome 91, Firefox 89, Safari 16.4 or later), or the slower cpu backend.',
    );
  }
  const threads = host.createThread === null ? 1 : (options.threads ?? defaultThreads(host));
  const isShared = threads > 1;
  const { name, module } = await compileKernels(host, options, isShared);
  const { relaxed, maxPanel } = variants[name];
  const runtime = new WasmRuntime({ host, module, isShared, threads });
  const device = `WebAssembly, SIMD${relaxed ? ' with fused multiply-add' : ''}, ${threads} thread${threads === 1 ? '' : 's'}`;
  const info = {
    engine: 'wasm',
    backend: 'wasm',
    device,
    isSoftware: false,
    limits: { maxBufferSize: null, maxStorageBufferBindingSize: null },
  } as const;
  return new WasmEngine({ info, runtime, threads, maxPanel });
}
