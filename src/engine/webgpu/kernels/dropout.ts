/**
 * Dropout and Dropout2d with the masks of model/random.ts's dropoutKeeps: computed from the hash where they are needed, so
 * that the backward pass computes the same again, or written out for a kernel that multiplies by them on the way.
 */
import { rectified, throughRelu } from '@/engine/webgpu/kernels/relu';
import type { Declaration, Kernel } from '@/engine/webgpu/kernel';
import { clockBinding, clockStruct } from '@/engine/webgpu/kernels/clock';
import { keepThreshold, randomFunctions } from '@/engine/webgpu/kernels/random';
import { floats, literal, threadKernel } from '@/engine/webgpu/kernels/source';
import { fn } from '@/engine/webgpu/wgsl';

export interface DropoutShape {
  readonly batch: number;
  /** Of what Flatten flattened, where the layer comes after one, since PyTorch counts in NCHW order; 1 after a Linear. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface DropoutParams extends DropoutShape {
  readonly p: number;
  /** Position among the network's dropout layers in forward order. */
  readonly layer: number;
  /** Dropout2d: one decision for each image and channel. */
  readonly perChannel: boolean;
}

/** Factors that a mask has: [batch][channels] for Dropout2d, as many as activations for Dropout. */
export function maskLength({ batch, height, width, channels, perChannel }: DropoutParams): number {
  return batch * channels * (perChannel ? 1 : height * width);
}

function scaleOf(p: number): number {
  return p < 1 ? 1 / (1 - p) : 0;
}

/** `name(key, e)`: the factor for element `e` of the mask, 0 or 1 / (1 - p). */
function factorFunction(name: string, params: DropoutParams): Declaration {
  const { height, width, channels, p, perChannel } = params;
  const pixels = height * width;
  // NHWC to NCHW; the same where there is one pixel or one channel.
  const index =
    perChannel || pixels === 1 || channels === 1
      ? 'e'
      : `(e / ${pixels * channels}u * ${channels}u + e % ${channels}u) * ${pixels}u + e / ${channels}u % ${pixels}u`;
  return fn(
    name,
    '(key: u32, e: u32) -> f32',
    `  return select(0.0, ${literal(scaleOf(p))}, (randomBits(key, ${index}) >> 8u) >= ${keepThreshold(p)}u);`,
  );
}

function keyOf(layer: number, step: string): string {
  return `streamKey(clock.seed, dropoutStream, ${step}, ${layer}u)`;
}

export interface PlacedMask extends DropoutParams {
  /** First factor in the buffer `mask`. */
  readonly offset: number;
}

/** `writeMask(i, step)` for i below `threads`, which fills `mask`. Needs randomFunctions, clock and mask. */
export function maskWriter(masks: readonly PlacedMask[]): {
  readonly declarations: readonly Declaration[];
  readonly threads: number;
} {
  let threads = 0;
  const functions: Declaration[] = [];
  const branches: string[] = [];
  masks.forEach((params, at) => {
    const first = threads;
    threads += maskLength(params);
    functions.push(factorFunction(`factor${at}`, params));
    branches.push(
      `if (i < ${threads}u) { mask[i - ${first}u + ${params.offset}u] = factor${at}(${keyOf(params.layer, 'step')}, i - ${first}u); return; }`,
    );
  });
  const writer = fn('writeMask', '(i: u32, step: u32)', `  ${branches.join('\n  ')}`);
  return { declarations: [...functions, writer], threads };
}

/** All masks of a step in one dispatch. Bindings: clock, mask. */
export function dropoutMasks(masks: readonly PlacedMask[]): Kernel {
  const { declarations, threads } = maskWriter(masks);
  return threadKernel(
    {
      label: 'dropout masks',
      bindings: [clockBinding('read'), floats('mask', 'read_write')],
      declarations: [clockStruct, ...randomFunctions, ...declarations],
    },
    threads,
    '  writeMask(i, clock.step);',
  );
}

export interface DropoutForwardParams extends DropoutParams {
  /** Applies a ReLU too; the order does not matter. */
  readonly relu?: boolean;
}

function appliedDropout(params: DropoutParams, source: string, target: string, value: string): Kernel {
  const { batch, height, width, channels, layer, perChannel } = params;
  const image = height * width * channels;
  const element = perChannel ? `i / ${image}u * ${channels}u + i % ${channels}u` : 'i';
  return threadKernel(
    {
      label: `${perChannel ? 'dropout2d' : 'dropout'} ${target} ${height}x${width}x${channels} n${batch}`,
      bindings: [clockBinding('read'), floats(source, 'read'), floats(target, 'read_write')],
      declarations: [clockStruct, ...randomFunctions, factorFunction('factor', params)],
    },
    batch * image,
    `  ${target}[i] = ${value} * factor(${keyOf(layer, 'clock.step')}, ${element});`,
  );
}

/** y = mask * x, or mask * relu(x). Bindings: clock, x, y. */
export function dropoutForward(params: DropoutForwardParams): Kernel {
  return appliedDropout(params, 'x', 'y', params.relu === true ? rectified('x[i]', 'f32') : 'x[i]');
}

/** dx = mask * dy, the mask of the same step. Bindings: clock, dy, dx. */
export function dropoutBackward(params: DropoutParams): Kernel {
  return appliedDropout(params, 'dy', 'dx', 'dy[i]');
}

/** Backward of dropout with ReLU, whose output's zeros tell both. Bindings: dy, y, dx. */
export function dropoutReluBackward(params: DropoutParams): Kernel {
  const { batch, height, width, channels, p } = params;
  const count = batch * height * width * channels;
  return threadKernel(
    {
      label: `dropout relu backward ${count}`,
      bindings: [floats('dy', 'read'), floats('y', 'read'), floats('dx', 'read_write')],
    },
    count,
    `  dx[i] = ${throughRelu(`dy[i] * ${literal(scaleOf(p))}`, 'y[i]', 'f32')};`,
  );
}
