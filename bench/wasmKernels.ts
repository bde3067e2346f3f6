/** Time and rate of every kernel of one training step: best of many, so that a busy machine disturbs little. */
import {
  gradientSlices,
  operationFlags,
  operationMask,
  operations,
  operationWords,
  type OperationName,
} from '@/engine/wasm/operations';
import { ThreadPool } from '@/engine/wasm/threadPool';
import { variants } from '@/engine/wasm/variants';
import type { WasmHost } from '@/engine/wasm/wasmHost';
import { WasmRun } from '@/engine/wasm/wasmRun';
import { WasmRuntime } from '@/engine/wasm/wasmRuntime';
import type { BenchTask } from './row.ts';
import { benchConfig } from './task.ts';

export { browserHost } from '@/engine/wasm/browserHost';

export interface KernelTime {
  readonly name: string;
  readonly detail: string;
  readonly milliseconds: number;
  /** Billion floating-point operations a second; null for kernels that are not matrix products. */
  readonly gigaflops: number | null;
}

export interface KernelProfile {
  /** Multiply-adds on registers alone. */
  readonly peakGigaflops: number;
  /** Of all kernels, each for itself. */
  readonly milliseconds: number;
  /** Of the whole step. */
  readonly stepMilliseconds: number;
  readonly kernels: readonly KernelTime[];
}

function flops(name: OperationName, a: Readonly<Record<string, number>>): number {
  const of = (key: string): number => a[key] ?? 0;
  if (name === 'winogradWeightGradient') {
    const places = of('scheme') === 5 ? 64 : 36;
    return 16 * of('tiles') * places * of('outChannels') * of('channels');
  }
  // 49 places, and 4 blocks of taps for each pair of tile and channels.
  if (name === 'winogradBlocksWeightGradient')
    return (
      16 *
      of('blocks') *
      196 *
      Math.ceil(of('outHeight') / 4) *
      Math.ceil(of('outWidth') / 4) *
      of('outChannels') *
      of('channels')
    );
  // Tiles count as what a direct convolution computes.
  const kernel = of('kernel') || (of('scheme') === 5 || name === 'winogradConvPool' ? 5 : 3);
  if (/^(?:conv|imageConv)|^winograd(Blocks)?(Forward|ConvPool|InputGradient)$/u.test(name)) {
    const pixels = of('outHeight') * of('outWidth');
    return 16 * of('blocks') * pixels * of('outChannels') * of('channels') * kernel ** 2;
  }
  return name.startsWith('linear') ? 16 * of('blocks') * of('inFeatures') * of('outFeatures') : 0;
}

function describe(name: OperationName, a: Readonly<Record<string, number>>): string {
  if (/^(?:conv|imageConv|winogradBlocks)/u.test(name))
    return `${a['channels']}->${a['outChannels']} k${a['kernel']} s${a['stride'] ?? 1} ${a['outHeight']}x${a['outWidth']}`;
  if (name.startsWith('winograd'))
    return `${a['channels']}->${a['outChannels'] ?? ''} scheme ${a['scheme'] ?? 5} ${a['outHeight'] ?? ''}x${a['outWidth'] ?? ''}`;
  if (name.startsWith('linear')) return `${a['inFeatures']}->${a['outFeatures']}`;
  return `${a['channels'] ?? a['count'] ?? ''} ${a['height'] ?? a['pixels'] ?? ''}`;
}

interface PeakExports {
  readonly peak: (steps: number, factor: number) => number;
}

/** `milliseconds` is about how long each kernel is repeated. */
export async function profileKernels(
  host: WasmHost,
  task: BenchTask,
  relaxed: boolean,
  milliseconds = 60,
  threads = 1,
): Promise<KernelProfile> {
  const single = relaxed ? 'relaxed' : 'simd';
  const variant = threads > 1 ? (`${single}Threads` as const) : single;
  const module = await WebAssembly.compile(await host.readBinary(variant));
  if (threads > 1 && host.createThread === null) throw new Error('Memory cannot be shared here.');
  const pool =
    host.createThread === null || threads === 1 ? null : new ThreadPool(host.createThread, threads - 1);
  const runtime = new WasmRuntime({ module, isShared: pool !== null, pool, maySleep: host.maySleep });
  const { batchSize } = task;
  const run = await WasmRun.create(benchConfig(task), undefined, {
    runtime,
    threads,
    maxPanel: variants[variant].maxPanel,
  });
  run.writeScalars(1e-4, batchSize);
  const program = run.program('train', batchSize);
  for (let i = 0; i < 3; i += 1) runtime.run(program);
  const names = Object.keys(operations) as OperationName[];
  const best = (work: () => void): number => {
    let fastest = Number.POSITIVE_INFINITY;
    const end = performance.now() + milliseconds;
    do {
      const start = performance.now();
      work();
      fastest = Math.min(fastest, performance.now() - start);
    } while (performance.now() < end);
    return fastest;
  };
  const kernels: KernelTime[] = [];
  for (let from = 0; from < program.length;) {
    const first = program.words[from * operationWords] ?? 0;
    // All slices of a sliced operation.
    const length = (first & operationFlags.sliced) === 0 ? 1 : gradientSlices;
    const words = program.words.slice(from * operationWords, (from + length) * operationWords);
    from += length;
    const name = names[(first & operationMask) >> 1] ?? 'copy';
    const values = Object.fromEntries(
      Object.keys(operations[name]).map((key, at) => [key, words[at + 1] ?? 0]),
    );
    const one = { ...program, words, length };
    const time = best(() => runtime.run(one));
    // Of the images that a block of eight has.
    const work = (flops(name, values) * batchSize) / (8 * Math.ceil(batchSize / 8));
    kernels.push({
      name,
      detail: describe(name, values),
      milliseconds: time,
      gigaflops: work > 0 ? work / time / 1e6 : null,
    });
  }
  const stepMilliseconds = best(() => runtime.run(program));
  runtime.dispose();
  const memory = new WebAssembly.Memory({ initial: 2 });
  const plainModule = await WebAssembly.compile(await host.readBinary(single));
  const { exports } = await WebAssembly.instantiate(plainModule, { env: { memory } });
  const { peak } = exports as unknown as PeakExports;
  const steps = 200_000;
  const peakTime = best(() => peak(steps, 0.999));
  return {
    peakGigaflops: (96 * steps) / peakTime / 1e6,
    milliseconds: kernels.reduce((sum, kernel) => sum + kernel.milliseconds, 0),
    stepMilliseconds,
    kernels,
  };
}
