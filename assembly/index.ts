/** The engine's WebAssembly module: an interpreter of kernel calls (see src/engine/wasm/operations.ts) and its thread pool. */
export { follow, lead } from './threads';
export { peak } from './peak';
