/** Where the bundler puts tfjs's WebAssembly binaries; apart from backends.ts, which also runs in Node. */
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import type { WasmBinaries } from '@/engine/tfjs/backends';

export const bundledWasmBinaries: WasmBinaries = { simd, threadedSimd };
