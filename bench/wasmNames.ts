/** Names of the WebAssembly engine's rows: `wasm engine, 2 threads, fma`. The worker reads its settings from its name. */
import type { Engine } from '@/engine/engine';
import { browserHost } from '@/engine/wasm/browserHost';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';

const prefix = 'wasm engine';

const counted = (threads: number): string => `${threads} thread${threads === 1 ? '' : 's'}`;

export function wasmEngineName(threads: number, relaxed: boolean): string {
  return `${prefix}, ${counted(threads)}, ${relaxed ? 'fma' : 'plain'}`;
}

/** tfjs's wasm backend with our kernels, as the app's stock engine runs it, on so many threads. */
export const tfjsWasmName = (threads: number): string => `tfjs-wasm, ${counted(threads)}`;

/** The same with tfjs's own kernels (stockWasm.ts). */
export const stockWasmName = (threads: number): string => `stock ${tfjsWasmName(threads)}`;

/** What the rows of npm run bench (trainerNames.ts) are short for. */
const shortNames: Readonly<Record<string, string>> = {
  wasm: wasmEngineName(1, true),
  'wasm-threads': wasmEngineName(2, true),
};

/** The engine of such a name, or undefined for another name. */
export function wasmEngineOf(name: string): Promise<Engine> | undefined {
  const [first, threads, simd] = (shortNames[name] ?? name).split(', ');
  if (first !== prefix) return undefined;
  return createWasmEngine({
    host: browserHost(),
    threads: Number.parseInt(threads ?? '1', 10),
    relaxed: simd === 'fma',
  });
}
