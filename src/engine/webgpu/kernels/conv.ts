/** Convolutions: forward, gradient of the input, gradient of the weights. Layouts: kernel.ts. */
import type { Kernel } from '@/engine/webgpu/kernel';
import {
  convOutputSize,
  describeConv,
  gridOf,
  type ConvShape,
  type KernelSequence,
  type KernelTarget,
} from '@/engine/webgpu/kernels/convShape';

export interface ConvForwardParams extends ConvShape {
  readonly bias: boolean;
  /**
   * Max pool of `pool` x `pool` windows, stride `pool`, no padding, fused behind the convolution: y is the pooled output and
   * `argmax` its winners (offset in one image of the convolution's output). ReLU and Dropout2d commute with it.
   */
  readonly pool?: number;
  /** Multiplies channel c of image n by `scale`[n][c] (Dropout2d: 0 or 1 / (1 - p)), after the pool, before ReLU. */
  readonly channelScale?: boolean;
  readonly relu?: boolean;
}

/**
 * y = relu(scale * maxpool(conv(x, weight) + bias)). Bindings: x, weight, bias?, scale?, y, argmax? (and `partials` in a
 * sequence that splits the sum over input channels).
 */
export function convForward(params: ConvForwardParams, _target: KernelTarget): KernelSequence {
  const { batch, height, width, inChannels, outChannels, kernelSize, stride, padding, pool = 1 } = params;
  const { outHeight, outWidth } = convOutputSize(params);
  const [pooledHeight, pooledWidth] = [Math.floor(outHeight / pool), Math.floor(outWidth / pool)];
  const count = batch * pooledHeight * pooledWidth * outChannels;
  const grid = gridOf(Math.ceil(count / 64));
  const bindings: Kernel['bindings'] = [
    { name: 'x', access: 'read' },
    { name: 'weight', access: 'read' },
    ...(params.bias ? [{ name: 'bias', access: 'read' } as const] : []),
    ...(params.channelScale === true ? [{ name: 'scale', access: 'read' } as const] : []),
    { name: 'y', access: 'read_write' },
    ...(pool > 1 ? [{ name: 'argmax', access: 'read_write' } as const] : []),
  ];
  const wgsl = `${declare(bindings)}
fn product(n: u32, oy: u32, ox: u32, o: u32) -> f32 {
  var sum = 0.0;
  for (var ky = 0u; ky < ${kernelSize}u; ky++) {
    let iy = oy * ${stride}u + ky - ${padding}u;
    if (iy >= ${height}u) { continue; }
    for (var kx = 0u; kx < ${kernelSize}u; kx++) {
      let ix = ox * ${stride}u + kx - ${padding}u;
      if (ix >= ${width}u) { continue; }
      let from = ((n * ${height}u + iy) * ${width}u + ix) * ${inChannels}u;
      let row = (ky * ${kernelSize}u + kx) * ${inChannels}u;
      var part = 0.0;
      for (var c = 0u; c < ${inChannels}u; c++) { part = fma(x[from + c], weight[(row + c) * ${outChannels}u + o], part); }
      sum += part;
    }
  }
  return sum${params.bias ? ' + bias[o]' : ''};
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = ${grid.index} * 64u + lane;
  if (i >= ${count}u) { return; }
  let o = i % ${outChannels}u;
  let px = i / ${outChannels}u % ${pooledWidth}u;
  let py = i / ${outChannels * pooledWidth}u % ${pooledHeight}u;
  let n = i / ${outChannels * pooledWidth * pooledHeight}u;
  var best = product(n, py * ${pool}u, px * ${pool}u, o);
  var winner = (py * ${pool * outWidth}u + px * ${pool}u) * ${outChannels}u + o;
  for (var k = 1u; k < ${pool * pool}u; k++) {
    let oy = py * ${pool}u + k / ${pool}u;
    let ox = px * ${pool}u + k % ${pool}u;
    let value = product(n, oy, ox, o);
    if (value > best || value != value) { best = value; winner = (oy * ${outWidth}u + ox) * ${outChannels}u + o; }
  }
  ${params.channelScale === true ? `best *= scale[n * ${outChannels}u + o];` : ''}
  ${params.relu === true ? 'best = select(best, 0.0, best < 0.0);' : ''}
  y[i] = best;
  ${pool > 1 ? 'argmax[i] = winner;' : ''}
}`;
  return single({
    label: `conv forward ${describeConv(params)}`,
    wgsl,
    bindings,
    workgroups: grid.workgroups,
  });
}

export interface ConvInputGradientParams extends ConvShape {
  /** As in the forward kernel: `dy` is the gradient of the pooled output and `argmax` is read. */
  readonly pool?: number;
  /** Adds to what dx holds. */
  readonly accumulate?: boolean;
  /** Binds `x`, the stored output of a ReLU: where it is 0 the gradient becomes 0 (after accumulating). */
  readonly reluMask?: boolean;
  /** Multiplies the result (a dropout before this layer, whose zeros reluMask finds). */
  readonly scale?: number;
}

/** dx = mask(scale * (dx? + dy * weight^T)). Bindings: dy, argmax?, weight, x?, dx. */
export function convInputGradient(params: ConvInputGradientParams, _target: KernelTarget): KernelSequence {
  const { batch, height, width, inChannels, outChannels, kernelSize, stride, padding, pool = 1 } = params;
  const { outHeight, outWidth } = convOutputSize(params);
  const count = batch * height * width * inChannels;
  const grid = gridOf(Math.ceil(count / 64));
  const bindings: Kernel['bindings'] = [
    { name: 'dy', access: 'read' },
    ...(pool > 1 ? [{ name: 'argmax', access: 'read' } as const] : []),
    { name: 'weight', access: 'read' },
    ...(params.reluMask === true ? [{ name: 'x', access: 'read' } as const] : []),
    { name: 'dx', access: 'read_write' },
  ];
  const wgsl = `${declare(bindings)}
${outputGradient(params)}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = ${grid.index} * 64u + lane;
  if (i >= ${count}u) { return; }
  let c = i % ${inChannels}u;
  let ix = i / ${inChannels}u % ${width}u;
  let iy = i / ${inChannels * width}u % ${height}u;
  let n = i / ${inChannels * width * height}u;
  var sum = 0.0;
  for (var ky = 0u; ky < ${kernelSize}u; ky++) {
    let ty = iy + ${padding}u - ky;
    let oy = ty / ${stride}u;
    if (ty > ${height + 2 * padding}u || ty % ${stride}u != 0u || oy >= ${outHeight}u) { continue; }
    for (var kx = 0u; kx < ${kernelSize}u; kx++) {
      let tx = ix + ${padding}u - kx;
      let ox = tx / ${stride}u;
      if (tx > ${width + 2 * padding}u || tx % ${stride}u != 0u || ox >= ${outWidth}u) { continue; }
      let row = ((ky * ${kernelSize}u + kx) * ${inChannels}u + c) * ${outChannels}u;
      var part = 0.0;
      for (var o = 0u; o < ${outChannels}u; o++) { part = fma(gradient(n, oy, ox, o), weight[row + o], part); }
      sum += part;
    }
  }
  ${params.accumulate === true ? 'sum += dx[i];' : ''}
  ${params.scale === undefined ? '' : `sum *= ${params.scale};`}
  ${params.reluMask === true ? 'sum = select(sum, 0.0, x[i] == 0.0);' : ''}
  dx[i] = sum;
}`;
  const label = `conv input gradient ${describeConv(params)}`;
  return single({ label, wgsl, bindings, workgroups: grid.workgroups });
}

export interface ConvWeightGradientParams extends ConvShape {
  readonly bias: boolean;
  /** As in the forward kernel: `dy` is the gradient of the pooled output and `argmax` is read. */
  readonly pool?: number;
}

/**
 * dw = x^T dy over all pixels of the batch, db = the sum of dy. Bindings: x, dy, argmax?, dw, db? and, between the kernels of a
 * sequence that splits the batch, `partials` [splits][weights, biases], added in a fixed order.
 */
export function convWeightGradient(params: ConvWeightGradientParams, _target: KernelTarget): KernelSequence {
  const { batch, height, width, inChannels, outChannels, kernelSize, stride, padding, pool = 1 } = params;
  const { outHeight, outWidth } = convOutputSize(params);
  const weights = kernelSize ** 2 * inChannels * outChannels;
  const count = weights + (params.bias ? outChannels : 0);
  const grid = gridOf(Math.ceil(count / 64));
  const bindings: Kernel['bindings'] = [
    { name: 'x', access: 'read' },
    { name: 'dy', access: 'read' },
    ...(pool > 1 ? [{ name: 'argmax', access: 'read' } as const] : []),
    { name: 'dw', access: 'read_write' },
    ...(params.bias ? [{ name: 'db', access: 'read_write' } as const] : []),
  ];
  const wgsl = `${declare(bindings)}
${outputGradient(params)}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = ${grid.index} * 64u + lane;
  if (i >= ${count}u) { return; }
  let o = i % ${outChannels}u;
  let c = i / ${outChannels}u % ${inChannels}u;
  let kx = i / ${outChannels * inChannels}u % ${kernelSize}u;
  let ky = i / ${outChannels * inChannels * kernelSize}u;
  let isBias = i >= ${weights}u;
  var sum = 0.0;
  for (var n = 0u; n < ${batch}u; n++) {
    for (var oy = 0u; oy < ${outHeight}u; oy++) {
      let iy = oy * ${stride}u + ky - ${padding}u;
      var part = 0.0;
      for (var ox = 0u; ox < ${outWidth}u; ox++) {
        let ix = ox * ${stride}u + kx - ${padding}u;
        let inside = !isBias && iy < ${height}u && ix < ${width}u;
        let value = select(0.0, x[select(0u, ((n * ${height}u + iy) * ${width}u + ix) * ${inChannels}u + c, inside)], inside);
        part = fma(select(value, 1.0, isBias), gradient(n, oy, ox, o), part);
      }
      sum += part;
    }
  }
  ${params.bias ? 'if (isBias) { db[o] = sum; return; }' : ''}
  dw[i] = sum;
}`;
  const label = `conv weight gradient ${describeConv(params)}`;
  return single({ label, wgsl, bindings, workgroups: grid.workgroups });
}

function single(kernel: Kernel): KernelSequence {
  return { kernels: [kernel], partialsLength: 0 };
}

function declare(bindings: Kernel['bindings']): string {
  return bindings
    .map(({ name, access }, i) => {
      const type = name === 'argmax' ? 'u32' : 'f32';
      return `@group(0) @binding(${i}) var<storage, ${access}> ${name}: array<${type}>;`;
    })
    .join('\n');
}

/** WGSL function `gradient(n, oy, ox, o)`: dy where there is no pool, else dy of the window if this pixel won it. */
function outputGradient(params: ConvShape & { readonly pool?: number }): string {
  const { outChannels, pool = 1 } = params;
  const { outHeight, outWidth } = convOutputSize(params);
  const head = 'fn gradient(n: u32, oy: u32, ox: u32, o: u32) -> f32 {';
  if (pool === 1)
    return `${head} return dy[((n * ${outHeight}u + oy) * ${outWidth}u + ox) * ${outChannels}u + o]; }`;
  const [height, width] = [Math.floor(outHeight / pool), Math.floor(outWidth / pool)];
  return `${head}
  let py = oy / ${pool}u;
  let px = ox / ${pool}u;
  if (py >= ${height}u || px >= ${width}u) { return 0.0; }
  let at = ((n * ${height}u + py) * ${width}u + px) * ${outChannels}u + o;
  return select(0.0, dy[at], argmax[at] == (oy * ${outWidth}u + ox) * ${outChannels}u + o);
}`;
}
