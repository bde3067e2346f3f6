/** The whole work of a batch as one program: input, forward, loss, backward, optimizer. */
import { KeptOutputs } from '@/engine/activations';
import { hasBackward, isTraining, type Mode } from '@/engine/mode';
import { lowerPlainOrder } from '@/engine/wasm/layers/flatten';
import { lowerSequence } from '@/engine/wasm/lowerNetwork';
import { dropoutOrdinals } from '@/model/dropoutOrdinals';
import { keepGradient, keepOutput, newBuffer, type Lowering, type Value } from '@/engine/wasm/lowering';
import { optimizerCall } from '@/engine/wasm/optimizers';
import { Program, type WasmBuffer } from '@/engine/wasm/program';
import type { RunMemory } from '@/engine/wasm/runMemory';
import type { LayerSpec } from '@/model/layers';
import { convWindow, isPlainConv } from '@/model/layers/conv2d';
import { weightedLayers } from '@/model/layerStatistics';
import { optimizers, optimizerSlots } from '@/model/optimizers';
import { lossKinds } from '@/model/losses';
import type { RunConfig } from '@/model/runConfig';
import { inputShape, networkInput } from '@/model/shapes';
import { classCount } from '@/model/classCounts';

export interface ProgramOptions {
  readonly mode: Mode;
  readonly images: number;
  readonly threads: number;
  readonly maxPanel: number;
  /** Takes augmented float images instead of bytes. */
  readonly isAugmented: boolean;
}

const normChunk = 16_384;

/** Buffers that the engine fills before a program. */
export const inputNames = {
  bytes: 'images',
  pixels: 'augmented images',
  labels: 'labels',
  upstream: 'gradient by the logits',
} as const;

/** Buffers that it may read after a program. */
export const resultNames = {
  logits: 'logits',
  loss: 'loss',
  gradient: (key: string) => `gradient/${key}`,
  outputGradient: (layer: string) => `gradient by the output of ${layer}`,
} as const;

function lowerInput(lowering: Lowering, config: RunConfig, isAugmented: boolean): Value {
  const { program, images, blocks } = lowering;
  const [, size = 28] = inputShape(config.input);
  const [first] = config.network.layers;
  const needsGradient = !isTraining(lowering.mode) && hasBackward(lowering.mode);
  // Zeros around the image, so that the first convolution meets no edge; its gradient by the image has none of them.
  const border =
    first?.kind === 'Conv2d' && isPlainConv(first) && !needsGradient ? convWindow(first).padding : 0;
  const full = size + 2 * border;
  const { normalize, resize } = config.input;
  const bytes = isAugmented ? 0 : program.input(inputNames.bytes, images * 784);
  const pixels = isAugmented ? program.input(inputNames.pixels, images * 784 * 4) : 0;
  const y = newBuffer(lowering, 'input', blocks * full * full * 8);
  program.emit('input', {
    bytes,
    pixels,
    y,
    images,
    blocks,
    size,
    border,
    resize: resize === null ? 0 : 1,
    normalize: normalize === null ? 0 : 1,
    mean: normalize?.mean ?? 0,
    std: normalize?.std ?? 1,
    scratch: newBuffer(lowering, 'input scratch', lowering.threads * 784),
  });
  return {
    buffer: y,
    channels: 1,
    height: size,
    width: size,
    border,
    isFlat: false,
    isOwned: true,
    isSignRead: false,
    needsGradient,
  };
}

/** The update of one parameter, watched where it is the weight of a Conv2d or Linear. */
function emitUpdate(
  program: Program,
  memory: RunMemory,
  config: RunConfig,
  key: string,
  g: WasmBuffer,
): void {
  const layer = weightedLayers(config.network.layers).find(({ name }) => key === `${name}.weight`)?.name;
  if (layer !== undefined) program.watch({ kind: 'before_update', layer });
  emitOptimizer(program, memory, config, key, g);
  if (layer !== undefined) program.watch({ kind: 'after_update', layer });
}

function emitOptimizer(
  program: Program,
  memory: RunMemory,
  config: RunConfig,
  key: string,
  g: WasmBuffer,
): void {
  const { optimizer } = config;
  const parameter = memory.tensors.get(key);
  if (parameter === undefined) throw new RangeError(`No parameter is named ${key}.`);
  const { buffer: w, count } = parameter;
  const slots = optimizerSlots(optimizer);
  const { name, operands } = optimizerCall(optimizer, {
    w,
    g,
    count,
    slot: (slot): WasmBuffer | 0 => (slots.includes(slot) ? memory.slot(slot, key) : 0),
  });
  program.emit(name, operands);
}

/** All gradients scaled down to the largest allowed norm, then the updates. */
function emitClippedUpdates(
  program: Program,
  memory: RunMemory,
  config: RunConfig,
  maxNorm: number,
  gradients: ReadonlyMap<string, WasmBuffer>,
): void {
  const parts = [...gradients].map(([key, gradient]) => ({
    gradient,
    count: memory.tensors.get(key)?.count ?? 0,
  }));
  const chunks = parts.reduce((sum, { count }) => sum + Math.ceil(count / normChunk), 0);
  const partials = memory.area('gradient norm', chunks * 8);
  let offset = 0;
  for (const { gradient, count } of parts) {
    program.emit('gradientNorm', { gradient, count, partials, offset });
    offset += Math.ceil(count / normChunk);
  }
  program.emit('clip', { partials, chunks, maxNorm });
  for (const [key, gradient] of gradients) emitUpdate(program, memory, config, key, gradient);
}

/**
 * Builds the program of one batch. Parameters get their place in `memory` when they are first met, so the first program made
 * for a run decides it.
 */
export function buildProgram(config: RunConfig, memory: RunMemory, options: ProgramOptions): Program {
  const { mode, images } = options;
  const gradients = new Map<string, WasmBuffer>();
  const { clipGradNorm } = config;
  const lowering = lowerBatch(config, memory, options, noneKept, (key, gradient) => {
    if (mode === 'inspect') program.keep(gradient, resultNames.gradient(key));
    else if (clipGradNorm === null) emitUpdate(program, memory, config, key, gradient);
    else gradients.set(key, gradient);
  });
  const { program, blocks } = lowering;
  const input = lowerInput(lowering, config, options.isAugmented);
  const network = lowerSequence(lowering, config.network.layers, input);
  const flat = lowerPlainOrder(lowering, network.output);
  const logits = flat.output.buffer;
  if (mode !== 'train') program.keep(logits, resultNames.logits);
  if (mode === 'eval') return program;

  const gradient = newBuffer(lowering, 'logits gradient', blocks * 80);
  const result = program.buffer(resultNames.loss, 16);
  program.keep(result, resultNames.loss);
  program.emit('loss', {
    logits,
    labels: program.input(inputNames.labels, images),
    gradient,
    result,
    predictions: program.buffer('predictions', images),
    images,
    blocks,
    kind: lossKinds.indexOf(config.loss.kind),
  });
  if (network.output.needsGradient) {
    const dy = flat.backward({ buffer: gradient, isOwned: true });
    if (dy !== null) network.backward(dy);
  }
  if (mode === 'train' && clipGradNorm !== null)
    emitClippedUpdates(program, memory, config, clipGradNorm, gradients);
  return program;
}

/** The layers that a look at the network asks for, in eval mode; `kept` says where their outputs lie. */
export function buildActivationsProgram(
  config: RunConfig,
  layers: readonly LayerSpec[],
  kept: KeptOutputs<Value>,
  memory: RunMemory,
  options: ProgramOptions,
): Program {
  const lowering = lowerBatch(config, memory, options, { ...noneKept, kept }, () => undefined);
  const { program } = lowering;
  lowerSequence(lowering, layers, keepOutput(lowering, networkInput, lowerInput(lowering, config, false)));
  for (const [name, { buffer }] of kept.values) program.keep(buffer, name);
  return program;
}

/**
 * Eval mode with a way back: logits, what the layers that `kept` asks for give, and the gradients by that of the logits' sum, each
 * weighted by `inputNames.upstream` [blocks][10][8], for those that `keptGradients` asks for.
 */
export function buildGradientsProgram(
  config: RunConfig,
  { kept, keptGradients }: Kept,
  memory: RunMemory,
  options: ProgramOptions,
): Program {
  const lowering = lowerBatch(config, memory, options, { kept, keptGradients }, () => undefined);
  const { program, blocks } = lowering;
  const input = keepOutput(lowering, networkInput, lowerInput(lowering, config, false));
  const network = lowerSequence(lowering, config.network.layers, input);
  const flat = lowerPlainOrder(lowering, network.output);
  program.keep(flat.output.buffer, resultNames.logits);
  const upstream = program.input(
    inputNames.upstream,
    blocks * classCount * 8 * Float32Array.BYTES_PER_ELEMENT,
  );
  const dy = flat.backward({ buffer: upstream, isOwned: false });
  const dx = dy === null ? null : network.backward(dy);
  if (dx !== null) keepGradient(lowering, networkInput, dx);
  for (const [name, { buffer }] of kept.values) program.keep(buffer, name);
  for (const [name, buffer] of keptGradients.values) program.keep(buffer, resultNames.outputGradient(name));
  return program;
}

interface Kept {
  readonly kept: KeptOutputs<Value>;
  readonly keptGradients: KeptOutputs<WasmBuffer>;
}

const noneKept: Kept = { kept: new KeptOutputs(), keptGradients: new KeptOutputs() };

/** What lowering a batch begins with. */
function lowerBatch(
  config: RunConfig,
  memory: RunMemory,
  options: ProgramOptions,
  { kept, keptGradients }: Kept,
  onGradient: Lowering['onGradient'],
): Lowering {
  const blocks = Math.ceil(options.images / 8);
  return {
    ...options,
    program: new Program({ precision: memory.precision, images: options.images, threads: options.threads }),
    memory,
    blocks,
    dividesByGradient: optimizers[config.optimizer.kind].dividesByGradient,
    dropoutOrdinals: dropoutOrdinals(config.network.layers),
    onGradient,
    kept,
    keptGradients,
  };
}
