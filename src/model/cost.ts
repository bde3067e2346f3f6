/** What a network and a run cost: parameters, operations and memory, known before anything is allocated. */
import type { BufferLimits } from '@/model/backend';
import { singleValueOf } from '@/model/batchNormCheck';
import { definitionOf, type LayerSpec, type NetworkSpec } from '@/model/layers';
import { optimizerSlots } from '@/model/optimizers';
import type { RunConfig } from '@/model/runConfig';
import type { Shape } from '@/model/shape';
import { inferShapes, inputShape } from '@/model/shapes';
import { layerEntries, stateEntries } from '@/model/stateDict';
import { sizeOf } from '@/model/tensor';

const floatBytes = 4;
const imageBytes = 28 * 28;

/** One layer's cost for one image. The insides of a Residual count for themselves; the Residual has the addition. */
export interface LayerCost {
  readonly parameters: number;
  /** Forward operations in evaluation mode; a multiplication with its addition is 2. */
  readonly flops: number;
  /** Output kept for the backward pass, float32; 0 for Flatten, whose output is its input's memory. */
  readonly activationBytes: number;
}

export function layerCost(layer: LayerSpec, input: Shape, output: Shape): LayerCost {
  const { flops, isView } = definitionOf(layer);
  return {
    parameters: layerEntries(layer)
      .filter((entry) => entry.role === 'parameter')
      .reduce((sum, entry) => sum + sizeOf(entry.shape), 0),
    flops: flops(layer, input, output),
    activationBytes: isView ? 0 : floatBytes * sizeOf(output),
  };
}

/**
 * The whole network for one image.
 * @throws ShapeError when a layer does not fit.
 */
export function networkCost(network: NetworkSpec, input: Shape): LayerCost {
  return inferShapes(network, input)
    .map((found) => layerCost(found.layer, found.input, found.output))
    .reduce((a, b) => ({
      parameters: a.parameters + b.parameters,
      flops: a.flops + b.flops,
      activationBytes: a.activationBytes + b.activationBytes,
    }));
}

export type BufferRole = 'weight' | 'activation' | 'images';

/** One tensor that must lie in a single GPU buffer. */
export interface BufferCost {
  /** state_dict key, or the name of the layer whose output it is, or `input` for the batch, `images` for the resident bytes. */
  readonly tensor: string;
  readonly role: BufferRole;
  readonly bytes: number;
}

/** Estimated memory of a training run in bytes, without what an engine adds for its own scratch space. */
export interface RunCost {
  readonly parameters: number;
  /** Forward operations for one image. */
  readonly flops: number;
  readonly batchSize: number;
  /** Parameters and buffers such as running_mean. */
  readonly weightBytes: number;
  readonly gradientBytes: number;
  readonly optimizerBytes: number;
  /** The batch and every output kept for the backward pass, at this batch size. */
  readonly activationBytes: number;
  /** Largest pair of gradients with respect to a layer's input and output that live at once. */
  readonly backwardBytes: number;
  /** The resident training images, as bytes. */
  readonly imageBytes: number;
  readonly totalBytes: number;
  /** Every tensor by itself, the largest first. */
  readonly buffers: readonly BufferCost[];
}

const byteSizes = { F32: floatBytes, I64: 8 } as const;
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/**
 * What this run costs.
 * @throws ShapeError when the network does not fit the input.
 */
export function runCost(config: RunConfig): RunCost {
  const { network, batchSize } = config;
  const input = inputShape(config.input);
  const shapes = inferShapes(network, input);
  const costs = shapes.map((found) => layerCost(found.layer, found.input, found.output));
  const weights = stateEntries(network).map((entry) => ({
    tensor: entry.key,
    role: 'weight' as const,
    isParameter: entry.role === 'parameter',
    bytes: byteSizes[entry.dtype] * sizeOf(entry.shape),
  }));
  const activations: BufferCost[] = [
    { tensor: 'input', role: 'activation', bytes: floatBytes * batchSize * sizeOf(input) },
    ...shapes.map(({ layer }, i): BufferCost => ({
      tensor: layer.name,
      role: 'activation',
      bytes: batchSize * (costs[i]?.activationBytes ?? 0),
    })),
  ];
  const images: BufferCost = {
    tensor: 'images',
    role: 'images',
    bytes: config.trainingImages * imageBytes,
  };
  const gradientBytes = sum(weights.map((weight) => (weight.isParameter ? weight.bytes : 0)));
  const parts = {
    weightBytes: sum(weights.map((weight) => weight.bytes)),
    gradientBytes,
    optimizerBytes: gradientBytes * optimizerSlots(config.optimizer).length,
    activationBytes: sum(activations.map((activation) => activation.bytes)),
    backwardBytes: shapes.reduce(
      (most, found) => Math.max(most, floatBytes * batchSize * (sizeOf(found.input) + sizeOf(found.output))),
      0,
    ),
    imageBytes: images.bytes,
  };
  return {
    parameters: sum(costs.map((cost) => cost.parameters)),
    flops: sum(costs.map((cost) => cost.flops)),
    batchSize,
    ...parts,
    totalBytes: sum(Object.values(parts)),
    buffers: [
      ...weights.map(({ tensor, role, bytes }) => ({ tensor, role, bytes })),
      ...activations,
      images,
    ].sort((a, b) => b.bytes - a.bytes),
  };
}

/** WebAssembly's memory has 32-bit addresses. */
export const wasmHeapBytes = 2 ** 32;
export const wasmHeap = { kind: 'heap', allowed: wasmHeapBytes } as const;

/** What a run needs of a memory whose end is known: all of WebAssembly's heap, or a GPU's largest buffer. */
export interface MemoryNeed {
  readonly kind: 'heap' | 'buffer';
  readonly bytes: number;
  readonly allowed: number;
  /** The largest smaller batch, a power of two, with which it fits; null where it fits as it is, or with none. */
  readonly largestBatch: number | null;
}

/** `bytesOf`: what a run of this configuration needs, as its engine plans it. */
export function memoryNeed(
  config: RunConfig,
  { kind, allowed }: Pick<MemoryNeed, 'kind' | 'allowed'>,
  bytesOf: (config: RunConfig) => number,
): MemoryNeed {
  const bytes = bytesOf(config);
  if (bytes <= allowed) return { kind, bytes, allowed, largestBatch: null };
  for (let size = 2 ** Math.ceil(Math.log2(config.batchSize) - 1); size >= 1; size /= 2) {
    const smaller = { ...config, batchSize: size };
    if (singleValueOf(smaller) === null && bytesOf(smaller) <= allowed)
      return { kind, bytes, allowed, largestBatch: size };
  }
  return { kind, bytes, allowed, largestBatch: null };
}

/** At least what TensorFlow.js takes of WebAssembly's memory; the training images stay outside of it. */
export function leastHeapBytes(config: RunConfig): number {
  const cost = runCost(config);
  return cost.totalBytes - cost.imageBytes;
}

export interface LimitProblem extends BufferCost {
  readonly limit: keyof BufferLimits;
  readonly allowed: number;
  readonly remedy: 'smaller_batch' | 'fewer_images' | 'another_network_or_backend';
  /** The batch size or number of images that this tensor allows; null for the last remedy. */
  readonly largest: number | null;
}

function limitProblem(
  cost: RunCost,
  limit: keyof BufferLimits,
  allowed: number,
  buffer: BufferCost,
): LimitProblem {
  const largest = (perItem: number): number => Math.floor(allowed / perItem);
  const problem = { ...buffer, limit, allowed };
  const batch = largest(buffer.bytes / cost.batchSize);
  if (buffer.role === 'activation' && batch >= 1)
    return { ...problem, remedy: 'smaller_batch', largest: batch };
  const images = largest(imageBytes);
  if (buffer.role === 'images' && images >= 1) return { ...problem, remedy: 'fewer_images', largest: images };
  return { ...problem, remedy: 'another_network_or_backend', largest: null };
}

/** For each limit that is exceeded, the largest weight, activation and image buffer above it, and what to change; empty when the run fits. */
export function fitsLimits(cost: RunCost, limits: BufferLimits): LimitProblem[] {
  return (['maxBufferSize', 'maxStorageBufferBindingSize'] as const).flatMap((limit) => {
    const allowed = limits[limit];
    if (allowed === null) return [];
    const roles = ['weight', 'activation', 'images'] as const;
    return roles.flatMap((role) => {
      // Sorted: the first of a role is its largest.
      const buffer = cost.buffers.find((item) => item.role === role);
      return buffer !== undefined && buffer.bytes > allowed
        ? [limitProblem(cost, limit, allowed, buffer)]
        : [];
    });
  });
}
