/** Fetches and compiles the best build of the kernels that there is. */
import { EngineError } from '@/engine/engine';
import { variants, type VariantName } from '@/engine/wasm/variants';
import { hasRelaxedSimd } from '@/engine/wasmFeatures';
import type { WasmHost } from '@/engine/wasm/wasmHost';
import { within } from '@/data/within';

export interface Kernels {
  readonly name: VariantName;
  readonly module: WebAssembly.Module;
  /** Why each better build was passed over; empty for the best. */
  readonly failures: readonly { readonly name: VariantName; readonly message: string }[];
}

/** 100 kB of code compile in far less than a second. */
const compileMilliseconds = 10_000;

/** Builds for this kind of memory, best first. */
function candidates(isShared: boolean, relaxed: boolean | undefined): readonly VariantName[] {
  const names: VariantName[] = [];
  if (relaxed ?? hasRelaxedSimd()) names.push(isShared ? 'relaxedThreads' : 'relaxed');
  if (relaxed !== true) names.push(isShared ? 'simdThreads' : 'simd');
  return names;
}

async function compile(host: WasmHost, name: VariantName): Promise<WebAssembly.Module> {
  const binary = await host.readBinary(name);
  // What is no WebAssembly at all is most often a server's page about a missing file.
  if (String.fromCharCode(...binary.subarray(0, 4)) !== '\0asm') {
    throw new Error(`What came for ${name}.wasm is not WebAssembly.`);
  }
  return within(compileMilliseconds, WebAssembly.compile(binary), `${name}.wasm did not compile in time.`);
}

/**
 * With `relaxed` only the build that is named, else the one with fused multiply-add where the browser knows it and it is there.
 * @throws EngineError `unsupported` with what was wrong with each
 */
export async function loadKernels(
  host: WasmHost,
  isShared: boolean,
  relaxed: boolean | undefined,
): Promise<Kernels> {
  if (relaxed === true && !hasRelaxedSimd()) {
    throw new EngineError(
      'unsupported',
      'This browser has no relaxed SIMD in WebAssembly. Use the plain kernels.',
    );
  }
  const failures: { name: VariantName; message: string }[] = [];
  for (const name of candidates(isShared, relaxed)) {
    try {
      // The next is fetched only where this one fails.
      // oxlint-disable-next-line no-await-in-loop
      return { name, module: await compile(host, name), failures };
    } catch (error) {
      failures.push({ name, message: error instanceof Error ? error.message : String(error) });
    }
  }
  throw new EngineError('unsupported', failures.map(({ message }) => message).join(' '));
}

/** The first failure of a build with fused multiply-add, where a plain one took its place. */
export function missedFusion({ name, failures }: Kernels): string | null {
  if (variants[name].relaxed) return null;
  return failures.find((failure) => variants[failure.name].relaxed)?.message ?? null;
}
