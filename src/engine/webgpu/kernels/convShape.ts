/** Shapes and types that the convolution and Linear kernels share. */
import { windowOutputSize } from '@/model/window';
import type { TileRules } from '@/engine/webgpu/kernels/tileRules';
import type { Kernel } from '@/engine/webgpu/kernel';
import type { TileChoices } from '@/model/tileChoices';

/** What kernels are made for. */
export interface KernelTarget {
  /** lavapipe, SwiftShader: a workgroup's memory and barriers cost more than they save, invocations are SIMD lanes. */
  readonly isSoftware: boolean;
  /** Where the device has `subgroups` and all of them have this size. */
  readonly subgroupSize?: number;
  /** Instead of the adapter's own, for measurements. */
  readonly rules?: Partial<TileRules>;
  /** What tileTuning.ts measured. */
  readonly choices?: TileChoices;
}

/** Kernels to dispatch in this order. */
export interface KernelSequence {
  readonly kernels: readonly Kernel[];
  /** Floats of the scratch buffer `partials` that the kernels share; 0 where none of them binds it. */
  readonly partialsLength: number;
  /** Values (4 bytes each) of the buffer behind each binding, as a measurement needs them. */
  readonly lengths: Readonly<Record<string, number>>;
  /** Where a weight gradient's sums lie if it was told to leave them in `partials`. */
  readonly left?: LeftPartials;
}

/** Partial sums [splits][stride] in `partials`: float `weight` + i of each split is part of weight i's gradient, `bias` + c of bias c's. */
export interface LeftPartials {
  readonly splits: number;
  readonly stride: number;
  readonly weight: number;
  readonly bias: number;
}

/** For weight gradients whose last addition another kernel does (the optimizer): they write from this float of `partials` on. */
export interface PartialsOption {
  /** A multiple of 4. */
  readonly partialsOffset?: number;
}

export interface ConvShape {
  readonly batch: number;
  /** Of the input. */
  readonly height: number;
  readonly width: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
}

export interface ConvOutputSize {
  readonly outHeight: number;
  readonly outWidth: number;
}

export function convOutputSize(shape: ConvShape): ConvOutputSize {
  const { height, width, kernelSize, stride, padding } = shape;
  return {
    outHeight: windowOutputSize(height, kernelSize, stride, padding),
    outWidth: windowOutputSize(width, kernelSize, stride, padding),
  };
}

/**
 * Taps of the window that meet the image for some output pixel, `first` to before `end`: of a 3 x 3 window with padding over an
 * image of one pixel only the middle.
 */
export function liveTaps(
  size: number,
  outSize: number,
  shape: { readonly kernelSize: number; readonly stride: number; readonly padding: number },
) {
  const { kernelSize, stride, padding } = shape;
  return {
    first: Math.max(0, padding - (outSize - 1) * stride),
    end: Math.min(kernelSize, size + padding),
  };
}

/** How many taps of the window meet the image, out of their ranges along both axes. */
export const countTaps = (y: ReturnType<typeof liveTaps>, x: ReturnType<typeof liveTaps>): number =>
  Math.max(0, y.end - y.first) * Math.max(0, x.end - x.first);

/** `64->128 k3 s1 p1 14x14 n64`: names a shape in labels. */
export function describeConv(shape: ConvShape): string {
  const { inChannels, outChannels, kernelSize, stride, padding, height, width, batch } = shape;
  return `${inChannels}->${outChannels} k${kernelSize} s${stride} p${padding} ${height}x${width} n${batch}`;
}

// WebGPU's default limit of workgroups in one dimension.
const maxGroups = 65535;

export interface Grid {
  readonly workgroups: readonly [x: number, y: number, z: number];
  /** WGSL for the linear index of the workgroup, from a `@builtin(workgroup_id) group: vec3u`. */
  readonly index: string;
}

/** `count` workgroups in a line, folded into rows where one row is not enough. */
export function gridOf(count: number): Grid {
  const x = Math.min(count, maxGroups);
  const y = Math.ceil(count / x);
  return { workgroups: [x, y, 1], index: y === 1 ? 'group.x' : `(group.y * ${x}u + group.x)` };
}
