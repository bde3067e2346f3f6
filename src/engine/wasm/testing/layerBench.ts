/** Test helper: runs layers on the kernels, forward and backward, with values in PyTorch's layouts. */
import { KeptOutputs } from '@/engine/activations';
import { lowerSequence } from '@/engine/wasm/lowerNetwork';
import { dropoutOrdinals } from '@/model/dropoutOrdinals';
import { lowerPlainOrder } from '@/engine/wasm/layers/flatten';
import type { Lowering, Value } from '@/engine/wasm/lowering';
import { memoryMap } from '@/engine/wasm/operations';
import type { Precision, Values } from '@/engine/wasm/precision';
import { Program } from '@/engine/wasm/program';
import { RunMemory } from '@/engine/wasm/runMemory';
import { addressOf } from '@/engine/wasm/stateTransfer';
import { ThreadPool } from '@/engine/wasm/threadPool';
import { variants } from '@/engine/wasm/variants';
import type { WasmHost } from '@/engine/wasm/wasmHost';
import { WasmRuntime } from '@/engine/wasm/wasmRuntime';
import { packWeights, unpackWeights } from '@/engine/compiling/weightLayout';
import type { LayerSpec } from '@/model/layers';
import { streamKey, streams } from '@/model/random';

export interface LayerBench {
  readonly runtime: WasmRuntime;
  readonly threads: number;
  readonly maxPanel: number;
}

export interface LayerResult {
  readonly y: Float32Array;
  readonly dx: Float32Array;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/** Kernels without fused multiply-add. */
export async function newBench(
  { readBinary, createThread, maySleep }: WasmHost,
  threads: number,
): Promise<LayerBench> {
  const name = threads > 1 ? 'simdThreads' : 'simd';
  const module = await WebAssembly.compile(await readBinary(name));
  const pool = createThread === null || threads === 1 ? null : new ThreadPool(createThread, threads - 1);
  return {
    runtime: new WasmRuntime({ module, isShared: pool !== null, pool, maySleep }),
    threads,
    maxPanel: variants[name].maxPanel,
  };
}

/** Where value [n, c, y, x] lies in [block][y][x][c][8]. */
function place(n: number, channels: number, pixels: number, c: number, pixel: number): number {
  return (((n >> 3) * pixels + pixel) * channels + c) * 8 + (n & 7);
}

/** Row-major NCHW index and place of every value. */
function forEachValue(
  images: number,
  channels: number,
  pixels: number,
  visit: (nchw: number, at: number) => void,
): void {
  for (let n = 0; n < images; n += 1)
    for (let c = 0; c < channels; c += 1)
      for (let pixel = 0; pixel < pixels; pixel += 1)
        visit((n * channels + c) * pixels + pixel, place(n, channels, pixels, c, pixel));
}

function write(target: Values, images: number, channels: number, pixels: number, values: Float32Array): void {
  target.fill(0);
  forEachValue(images, channels, pixels, (nchw, at) => (target[at] = values[nchw] ?? 0));
}

function read(source: Values, images: number, channels: number, pixels: number): Float32Array {
  const values = new Float32Array(images * channels * pixels);
  forEachValue(images, channels, pixels, (nchw, at) => (values[nchw] = source[at] ?? NaN));
  return values;
}

interface BenchOptions {
  readonly seed?: number;
  readonly step?: number;
  readonly precision?: Precision;
  /** The layers read the network's input, so that nobody asks for its gradient: `dx` is empty. */
  readonly isFirst?: boolean;
  /** The layers are trained by an optimizer that does (model/optimizers/definition.ts). */
  readonly dividesByGradient?: boolean;
}

/** `dy` maps the output's size to its gradient, in NCHW. Dropout runs as in step `step` of a run with `seed`. */
export async function runLayers(
  bench: LayerBench,
  layers: readonly LayerSpec[],
  x: { readonly shape: readonly [number, number, number, number]; readonly data: Float32Array },
  weights: ReadonlyMap<string, Float32Array>,
  dy: (count: number) => Float32Array,
  {
    seed = 1,
    step = 0,
    precision = 'float32',
    isFirst = false,
    dividesByGradient = false,
  }: BenchOptions = {},
): Promise<LayerResult> {
  const { runtime } = bench;
  const [images, channels, height, width] = x.shape;
  const blocks = Math.ceil(images / 8);
  const program = new Program({ precision, images, threads: bench.threads });
  const memory = new RunMemory(precision);
  const ordinals = dropoutOrdinals(layers);
  const keys: string[] = [];
  const lowering: Lowering = {
    ...bench,
    mode: 'train',
    program,
    memory,
    images,
    blocks,
    dividesByGradient,
    dropoutOrdinals: ordinals,
    kept: new KeptOutputs(),
    keptGradients: new KeptOutputs(),
    onGradient: (key, gradient) => {
      keys.push(key);
      program.keep(gradient, `gradient ${key}`);
    },
  };
  const input: Value = {
    buffer: program.input('x', blocks * height * width * channels * 32),
    channels,
    height,
    width,
    border: 0,
    isFlat: false,
    isOwned: false,
    isSignRead: false,
    needsGradient: !isFirst,
  };
  const network = lowerSequence(lowering, layers, input);
  const ended = network.output.isFlat ? lowerPlainOrder(lowering, network.output) : network;
  const { output } = ended;
  program.keep(output.buffer, 'y');
  const outPixels = output.height * output.width;
  const count = images * output.channels * outPixels;
  const gradient = program.input('dy', blocks * outPixels * output.channels * 32);
  const back =
    ended === network
      ? { buffer: gradient, isOwned: true }
      : ended.backward({ buffer: gradient, isOwned: true });
  const dx = back === null ? null : network.backward(back);
  if (dx === null && !isFirst) throw new Error('The layers give no input gradient.');
  if (dx !== null) program.keep(dx.buffer, 'dx');

  const code = memory.area('program', program.codeBytes);
  const encoded = program.encode(memory.end);
  await runtime.reserve(memory.end + encoded.arenaBytes);
  runtime.programAddress = code.address ?? 0;
  runtime.doubles(memoryMap.scalars, 16).fill(1);
  for (const [key, { layout, count: size }] of memory.tensors) {
    packWeights(
      layout,
      weights.get(key) ?? new Float32Array(size),
      runtime.values(precision, addressOf(memory, key), size),
    );
  }
  for (const ordinal of ordinals.values()) {
    const { address } = memory.area(`dropout key ${ordinal}`, 4);
    runtime.words(address ?? 0, 1)[0] = streamKey(seed, streams.dropout, step, ordinal);
  }
  const at = (name: string): number => encoded.addresses.get(name) ?? 0;
  const activation = (name: string, size: number, area: number): Values =>
    runtime.values(precision, at(name), blocks * 8 * size * area);
  write(activation('x', channels, height * width), images, channels, height * width, x.data);
  write(activation('dy', output.channels, outPixels), images, output.channels, outPixels, dy(count));
  runtime.run(encoded);
  const gradients = keys.map((key) => {
    const tensor = memory.tensors.get(key);
    if (tensor === undefined) throw new Error(`No parameter is named ${key}.`);
    return [
      key,
      unpackWeights(tensor.layout, runtime.values(precision, at(`gradient ${key}`), tensor.count)),
    ] as const;
  });
  return {
    y: read(activation('y', output.channels, outPixels), images, output.channels, outPixels),
    dx:
      dx === null
        ? new Float32Array()
        : read(activation('dx', channels, height * width), images, channels, height * width),
    gradients: new Map(gradients),
  };
}
