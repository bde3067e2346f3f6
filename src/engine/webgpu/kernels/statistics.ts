/**
 * Per-layer statistics (engine/statistics.ts) on the steps that are asked for: each tensor's sums over parts of it, which the CPU
 * joins in float64 (engine/tensorSums.ts). A part is every `parts`-th value, so that neighbours read neighbours.
 */
import type { Kernel, KernelBinding } from '@/engine/webgpu/kernel';
import { floats, threadKernel, words } from '@/engine/webgpu/kernels/source';

/** float32 values of a part: PartSums in its order, finite, mean, squaredDeviations, maxAbs, zeros, nonFinite. */
export const partStride = 6;

export interface TensorPartsParams {
  /** Values of the tensor. */
  readonly count: number;
  /** First part in the buffer `parts`. */
  readonly firstPart: number;
}

/** Parts of a tensor of `count` values: few enough to read back, enough to keep a GPU busy. */
export function partsOf(count: number): number {
  return Math.max(1, Math.min(1024, Math.ceil(count / 256)));
}

/** Statistics of x. Bindings: x, parts. */
export function tensorParts(params: TensorPartsParams): Kernel {
  return partsKernel('statistics', params, [floats('x', 'read')], 'x[at]');
}

/** The same of x - before: what an update changed. Bindings: x, before, parts. */
export function differenceParts(params: TensorPartsParams): Kernel {
  const bindings = [floats('x', 'read'), floats('before', 'read')];
  return partsKernel('statistics of change', params, bindings, 'x[at] - before[at]');
}

function partsKernel(
  name: string,
  { count, firstPart }: TensorPartsParams,
  inputs: readonly KernelBinding[],
  value: string,
): Kernel {
  const parts = partsOf(count);
  return threadKernel(
    { label: `${name} ${count}`, bindings: [...inputs, floats('parts', 'read_write')] },
    parts,
    `  var shift = 0.0;
  var sum = 0.0;
  var squares = 0.0;
  var largest = 0.0;
  var zeros = 0u;
  var finite = 0u;
  var others = 0u;
  for (var at = i; at < ${count}u; at += ${parts}u) {
    let value = ${value};
    // By the bits: WGSL lets a compiler assume that no NaN exists.
    if ((bitcast<u32>(value) & 0x7f800000u) == 0x7f800000u) { others++; continue; }
    if (finite == 0u) { shift = value; }
    finite++;
    if (value == 0.0) { zeros++; }
    sum += value - shift;
    squares += (value - shift) * (value - shift);
    largest = max(largest, abs(value));
  }
  let mean = sum / f32(max(finite, 1u));
  let part = (${firstPart}u + i) * ${partStride}u;
  parts[part] = f32(finite);
  parts[part + 1u] = shift + mean;
  parts[part + 2u] = max(squares - sum * mean, 0.0);
  parts[part + 3u] = largest;
  parts[part + 4u] = f32(zeros);
  parts[part + 5u] = f32(others);`,
  );
}

export interface ChannelActivityParams {
  /** batch * height * width. */
  readonly rows: number;
  readonly channels: number;
  /** First word in the buffer `alive`. */
  readonly offset: number;
}

function activityChunks({ rows, channels }: ChannelActivityParams): number {
  return Math.max(1, Math.min(rows, Math.floor(4096 / channels)));
}

/** Words that channelActivity leaves: [chunks][channels]. */
export function activityLength(params: ChannelActivityParams): number {
  return activityChunks(params) * params.channels;
}

/** 1 where a chunk of the rows has a value that is not 0 in this channel, else 0. Bindings: x, alive u32 [chunks][channels]. */
export function channelActivity(params: ChannelActivityParams): Kernel {
  const { rows, channels, offset } = params;
  const chunks = activityChunks(params);
  return threadKernel(
    {
      label: `channel activity ${rows}x${channels}`,
      bindings: [floats('x', 'read'), words('alive', 'read_write')],
    },
    chunks * channels,
    `  let c = i % ${channels}u;
  var found = 0u;
  for (var row = i / ${channels}u; row < ${rows}u; row += ${chunks}u) {
    if (x[row * ${channels}u + c] != 0.0) { found = 1u; break; }
  }
  alive[${offset}u + i] = found;`,
  );
}

/** Share of channels that are 0 everywhere, from what channelActivity left. */
export function deadShareOf(alive: Uint32Array, channels: number): number {
  let dead = 0;
  for (let c = 0; c < channels; c += 1) {
    let isDead = true;
    for (let at = c; at < alive.length && isDead; at += channels) isDead = alive[at] === 0;
    if (isDead) dead += 1;
  }
  return dead / channels;
}
