import type { WasmHost } from '@/engine/wasm/wasmHost';
export declare function nodeHost(): WasmHost;
