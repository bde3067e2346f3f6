/** The whole work of a batch as one program: input, forward, loss, backward, optimizer. */
import { KeptOutputs } from '@/engine/activations';
import { dropoutOrdinals } from '@/model/dropoutOrdinals';
import { clockWords } from '@/engine/webgpu/kernels/clock';
import type { KernelTarget } from '@/engine/webgpu/kernels/convShape';
import { maskLength, type PlacedMask } from '@/engine/webgpu/kernels/dropout';
import { givenInput, trainingInput } from '@/engine/webgpu/kernels/input';
import { lossAndGradient, metricsStride } from '@/engine/webgpu/kernels/loss';
import { classes } from '@/engine/webgpu/kernels/losses';
import { clipScale, squareSums, squareSumsLength } from '@/engine/webgpu/kernels/norm';
import { optimizerUpdate } from '@/engine/webgpu/kernels/optimizer';
import { scheduleStride } from '@/engine/webgpu/kernels/optimizers';
import { sumPartials } from '@/engine/webgpu/kernels/sumPartials';
import { rulesFor } from '@/engine/webgpu/kernels/tileRules';
import { isTraining, type Mode } from '@/engine/mode';
import {
  dispatchWith,
  keepGradient,
  type Lowered,
  type Lowering,
  type MaskStore,
  type Value,
} from '@/engine/webgpu/lowering';
import { lowerPlainOrder } from '@/engine/webgpu/layers/flatten';
import { lowerSequence } from '@/engine/webgpu/lowerNetwork';
import { mergeDispatches } from '@/engine/webgpu/mergePass';
import { ringSteps } from '@/engine/webgpu/metricsRing';
import { PartialGradients } from '@/engine/webgpu/partialGradients';
import { Program, stretch, whole, type Dispatch, type Resource, type Tensor } from '@/engine/webgpu/program';
import { pieceTensor, type RunMemory } from '@/engine/webgpu/runMemory';
import type { StepStatisticsPlan } from '@/engine/webgpu/stepStatistics';
import { optimizerSlots } from '@/model/optimizers';
import type { LayerSpec } from '@/model/layers';
import type { RunConfig } from '@/model/runConfig';
import { inputShape, networkInput } from '@/model/shapes';

/** Rows of the schedule that are on the GPU at a time; a new stretch is uploaded where a run reaches its end. */
export const scheduleRows = 4096;

/** Buffers that the engine fills, beside the banks. */
export interface ControlResources {
  readonly clock: Resource;
  readonly schedule: Resource;
  readonly metrics: Resource;
}

export function controlResources(): ControlResources {
  return {
    clock: { name: 'clock', bytes: clockWords * 4 },
    schedule: { name: 'schedule', bytes: scheduleRows * scheduleStride * 4 },
    metrics: { name: 'metrics ring', bytes: ringSteps * metricsStride * 4 },
  };
}

/** Images and labels that a program takes, as packed bytes. */
export interface ImageResources {
  readonly images: Resource;
  readonly labels: Resource;
  /** First image and end, two words; for programs in eval mode. */
  readonly range: Resource;
}

interface Look {
  readonly layers: readonly LayerSpec[];
  readonly kept: KeptOutputs<Value>;
  readonly keptGradients: KeptOutputs<Tensor>;
  /** The gradient by the logits [images][10]; null where there is no way back. */
  readonly upstream: Resource | null;
}

export interface ProgramOptions {
  readonly mode: Mode;
  /** Images of this batch. */
  readonly images: number;
  readonly source: ImageResources;
  readonly control: ControlResources;
  readonly target: KernelTarget;
  /** Takes statistics in a training step. */
  readonly statistics?: StepStatisticsPlan;
  /**
   * In eval mode: computes only these layers, which the network begins with, and keeps their outputs in place of the logits. To explain:
   * keeps the logits, too, and the gradients by those outputs.
   */
  readonly look?: Look;
}

/** Where a program that explains leaves the gradient by a layer's output. */
export const gradientName = (layer: string): string => `gradient by the output of ${layer}`;

/** The tensor that is read after a program in eval mode and after an inspection. */
export const logitsName = 'logits';

const maskAlignment = 64;

/** Collects the masks that fused kernels ask for, all in one buffer of this program. */
class Masks implements MaskStore, Resource {
  readonly name = 'dropout masks';
  readonly placed: PlacedMask[] = [];
  #floats = 0;

  get bytes(): number {
    return this.#floats * 4;
  }

  readonly add = (mask: Omit<PlacedMask, 'offset'>): Tensor => {
    const offset = this.#floats;
    const count = maskLength(mask);
    this.placed.push({ ...mask, offset });
    this.#floats += Math.ceil(count / maskAlignment) * maskAlignment;
    return stretch(`mask ${mask.layer}`, this, offset, count);
  };
}

function inputValue(program: Program, config: RunConfig, { mode, images }: ProgramOptions): Value {
  const [, size = 28] = inputShape(config.input);
  return {
    tensor: program.tensor('input', images * size * size),
    channels: 1,
    height: size,
    width: size,
    isFlat: false,
    needsGradient: mode === 'explain',
    gate: null,
  };
}

/** Completes gradients that statistics look at; the update then reads them instead of their parts. */
function emitPartialSums(
  program: Program,
  memory: RunMemory,
  sums: PartialGradients,
  partsAtOnce: number,
): void {
  for (const bank of memory.banks) {
    const tensors = sums.of(bank);
    if (tensors.length === 0) continue;
    program.dispatchSeparately(sumPartials(tensors, partsAtOnce), {
      partials: sums.tensor,
      gradients: whole(memory.slot('gradient', bank)),
    });
  }
}

/** Clipping, where asked for, and the update of every bank; ends the step. */
function emitUpdates(
  program: Program,
  memory: RunMemory,
  config: RunConfig,
  { control, statistics, target }: ProgramOptions,
  sums: PartialGradients | null,
): void {
  const { optimizer, clipGradNorm, clipGradValue } = config;
  const clock = whole(control.clock);
  const schedule = whole(control.schedule);
  const { banks } = memory;
  const gradientsOf = (bank: (typeof banks)[number]): Tensor => whole(memory.slot('gradient', bank));
  if (clipGradNorm !== null) {
    const total = banks.reduce((sum, bank) => sum + squareSumsLength(bank.floats), 0);
    const squares = program.tensor('squares of gradients', total);
    let firstPartial = 0;
    for (const bank of banks) {
      program.dispatch(squareSums({ count: bank.floats, firstPartial }), {
        gradients: gradientsOf(bank),
        squares,
      });
      firstPartial += squareSumsLength(bank.floats);
    }
    const metrics = whole(control.metrics);
    program.dispatch(clipScale({ partials: total, maxNorm: clipGradNorm }), { clock, squares, metrics });
  }
  banks.forEach((bank, i) => {
    const slots = optimizerSlots(optimizer).map((slot) => [slot, whole(memory.slot(slot, bank))] as const);
    const partials = statistics === undefined ? (sums?.of(bank) ?? []) : [];
    const kernel = optimizerUpdate({
      optimizer,
      count: bank.floats,
      clip: clipGradNorm !== null,
      ...(clipGradValue === undefined ? {} : { largest: clipGradValue }),
      partials,
      partsAtOnce: rulesFor(target).partsAtOnce,
      ...(i === banks.length - 1 ? { ringLength: ringSteps } : {}),
      ...(statistics === undefined ? {} : { tensors: bank.tensors }),
    });
    program.dispatch(kernel, {
      clock,
      schedule,
      parameters: whole(bank),
      gradients: gradientsOf(bank),
      ...Object.fromEntries(slots),
      ...(sums === null || partials.length === 0 ? {} : { partials: sums.tensor }),
      ...(statistics === undefined ? {} : { changes: statistics.changes(bank) }),
    });
  });
}

/** The first program of a run meets all parameters, in the order of the forward pass, and so decides their places. */
export function buildProgram(config: RunConfig, memory: RunMemory, options: ProgramOptions): Program {
  const { mode, images, control, target, look } = options;
  const { mostMerged, partsAtOnce } = rulesFor(target);
  const merge = (dispatches: readonly Dispatch[]) => mergeDispatches(dispatches, mostMerged);
  const program = new Program();
  const masks = new Masks();
  const partials = mode === 'train' && config.clipGradNorm === null ? new PartialGradients() : null;
  const lowering: Lowering = {
    mode,
    program,
    memory,
    target,
    images,
    masks,
    clock: whole(control.clock),
    dropoutOrdinals: dropoutOrdinals(config.network.layers),
    statistic: (piece) =>
      mode === 'inspect'
        ? pieceTensor('inspected statistic', piece, memory.slot('inspected', piece.bank))
        : pieceTensor('running statistic', piece),
    partials,
    onWeighted: (name, x, weight) => {
      options.statistics?.watch(lowering, name, x, weight);
    },
    kept: look?.kept ?? new KeptOutputs(),
    keptGradients: look?.keptGradients ?? new KeptOutputs(),
  };
  const input = inputValue(program, config, options);
  const labels = program.tensor('labels', images);
  const layers = look?.layers ?? config.network.layers;
  if (lowering.kept.has(networkInput)) lowering.kept.add(networkInput, input);
  const network = lowerSequence(lowering, layers, input);
  emitInput(program, config, options, { x: input.tensor, batchLabels: labels }, masks);
  program.moveLastToHead();
  if (look !== undefined) {
    emitExplanation(lowering, look, input, network);
    for (const [name, { tensor }] of look.kept.values) program.keep(name, tensor);
    for (const [name, tensor] of look.keptGradients.values) program.keep(gradientName(name), tensor);
    program.rearrange(merge);
    return program;
  }
  const flat = lowerPlainOrder(lowering, network.output);
  const logits = flat.output.tensor;
  if (mode !== 'train') program.keep(logitsName, logits);
  if (mode === 'eval') {
    program.rearrange(merge);
    return program;
  }

  const dlogits = program.tensor('gradient of the logits', images * classes);
  const metrics = whole(control.metrics);
  program.dispatch(lossAndGradient({ batch: images, loss: config.loss }), {
    clock: lowering.clock,
    logits,
    batchLabels: labels,
    dlogits,
    metrics,
  });
  if (network.output.needsGradient) {
    const dy = flat.backward({ tensor: dlogits, isOwned: true, isGated: false });
    if (dy !== null) network.backward(dy);
  }
  if (mode === 'train') {
    if (options.statistics !== undefined) {
      if (partials !== null) emitPartialSums(program, memory, partials, partsAtOnce);
      options.statistics.emitBeforeUpdate(program, memory);
      options.statistics.emitRunning(program, memory);
    }
    emitUpdates(program, memory, config, options, partials);
  }
  program.rearrange(merge);
  return program;
}

/** The logits, and the way back from the gradient by them. */
function emitExplanation(lowering: Lowering, { upstream }: Look, input: Value, network: Lowered): void {
  if (upstream === null) return;
  const flat = lowerPlainOrder(lowering, network.output);
  lowering.program.keep(logitsName, flat.output.tensor);
  const dy = flat.backward({ tensor: whole(upstream), isOwned: false, isGated: false });
  const dx = dy === null ? null : network.backward(dy);
  if (dx !== null) keepGradient(lowering, networkInput, dx);
}

function emitInput(
  program: Program,
  config: RunConfig,
  { mode, images, source, control }: ProgramOptions,
  tensors: { readonly x: Tensor; readonly batchLabels: Tensor },
  masks: Masks,
): void {
  const { input, batchSize, trainingImages, dropLast, shuffle } = config;
  const operands = {
    ...tensors,
    images: whole(source.images),
    range: whole(source.range),
    clock: whole(control.clock),
  };
  if (!isTraining(mode)) {
    dispatchWith(program, givenInput({ batch: images, input }), operands);
    return;
  }
  const trains = mode === 'train';
  const kernel = trainingInput({
    batch: images,
    batchSize: trains ? batchSize : images,
    trainingImages: trains ? trainingImages : images,
    dropLast: trains && dropLast,
    shuffle: trains && shuffle,
    input: trains ? input : { ...input, augment: null },
    masks: masks.placed,
  });
  dispatchWith(program, kernel, { ...operands, labels: whole(source.labels), mask: whole(masks) });
}
