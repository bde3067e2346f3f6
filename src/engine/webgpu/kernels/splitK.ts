/**
 * Split-K of weight gradients, whose sums run over pixels: how the partial sums lie in `partials`, and the kernel that adds them up in
 * a fixed order.
 */
import type { Kernel } from '@/engine/webgpu/kernel';
import { gridOf, type ConvShape, type PartialsOption } from '@/engine/webgpu/kernels/convShape';
import { floats } from '@/engine/webgpu/kernels/source';
import { ceilDiv, tileKernel, u, type Tile } from '@/engine/webgpu/kernels/gemmTile';

export const roundUp = (a: number, b: number): number => ceilDiv(a, b) * b;

export interface WgradParams extends ConvShape, PartialsOption {
  readonly label: string;
  /** Floats from one image of x to the next, and before the first. */
  readonly imageStride: number;
  readonly offset: number;
  readonly bias: boolean;
  /** 1 for none; else dy is bound pooled, with its argmax. */
  readonly pool: number;
}

/** Floats of one split in `partials`: weights, then biases, each rounded up to whole vec4. */
export function partialLayout({ kernelSize, inChannels, outChannels, bias }: WgradParams) {
  const weights = kernelSize ** 2 * inChannels * outChannels;
  const biasStart = roundUp(weights, 4);
  return { weights, biasStart, stride: biasStart + (bias ? roundUp(outChannels, 4) : 0) };
}

/** Adds the splits, in pairs of neighbours' sums of 16, so that long sums stay exact; 4 weights a thread. */
export function additionKernel(params: WgradParams, splits: number): Kernel {
  const { weights, biasStart, stride } = partialLayout(params);
  const threads = stride / 4;
  const grid = gridOf(ceilDiv(threads, 64));
  const tile: Tile = {
    rows: 1,
    columns: 4,
    lanes: 64,
    columnLanes: 1,
    sumLanes: 1,
    subgroupBroadcast: false,
    unrolls: false,
    workgroupTiling: false,
  };
  const store = (name: string, start: number, count: number): string =>
    count % 4 === 0
      ? `${name}[i - ${u(start / 4)}] = sum;`
      : `for (var c = zero; c < 4u && 4u * i + c < ${u(start + count)}; c++) { ${name}[4u * i + c - ${u(start)}] = sum[c]; }`;
  const weightStore = store('dw', 0, weights);
  const finish = params.bias
    ? `if (i < ${u(biasStart / 4)}) { ${weightStore} } else { ${store('db', biasStart, params.outChannels)} }`
    : weightStore;
  const body = `  let i = tile * 64u + lane;
  if (i >= ${u(threads)}) { return; }
  var sum = vec4f();
  for (var first = zero; first < ${u(splits)}; first += 16u) {
    var part = vec4f();
    for (var s = first; s < min(first + 16u, ${u(splits)}); s++) { part += partials[s * ${u(threads)} + i]; }
    sum += part;
  }
  ${finish}`;
  return tileKernel({
    label: `${params.label} sum`,
    bindings: [
      floats('partials', 'read', 4),
      floats('dw', 'read_write', weights % 4 === 0 ? 4 : 1),
      ...(params.bias ? [floats('db', 'read_write', params.outChannels % 4 === 0 ? 4 : 1)] : []),
    ],
    tile,
    grid,
    declarations: [],
    workgroupArrays: [],
    body,
  });
}
