/** Linear layers: forward, gradient of the input, gradient of the weights, over all of `in` or a slice of it. Layouts: kernel.ts. */
import type { Kernel } from '@/engine/webgpu/kernel';
import { gridOf, type KernelSequence, type KernelTarget } from '@/engine/webgpu/kernels/convShape';

export interface LinearShape {
  readonly batch: number;
  /** Rows of this kernel's weight: the whole layer's or a slice of them, where one buffer cannot hold all. */
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** Features of one image in the buffer `x` (or `dx`), and the first that belongs to this slice; default: all, 0. */
  readonly xStride?: number;
  readonly xOffset?: number;
}

export interface LinearForwardParams extends LinearShape {
  readonly bias: boolean;
  /** Adds to what y holds (the slices before this one). */
  readonly accumulate?: boolean;
  readonly relu?: boolean;
  /** Binds `mask` [batch][out] (0 or 1 / (1 - p)) and multiplies by it, last. */
  readonly mask?: boolean;
}

/** y = mask * relu(y? + x weight + bias). Bindings: x, weight, bias?, mask?, y (and `partials` in a sequence). */
export function linearForward(params: LinearForwardParams, _target: KernelTarget): KernelSequence {
  const { batch, inFeatures, outFeatures, xStride = inFeatures, xOffset = 0 } = params;
  const count = batch * outFeatures;
  const bindings: Kernel['bindings'] = [
    { name: 'x', access: 'read' },
    { name: 'weight', access: 'read' },
    ...(params.bias ? [{ name: 'bias', access: 'read' } as const] : []),
    ...(params.mask === true ? [{ name: 'mask', access: 'read' } as const] : []),
    { name: 'y', access: 'read_write' },
  ];
  return simple(
    `linear forward ${describeLinear(params)}`,
    bindings,
    count,
    `
  let o = i % ${outFeatures}u;
  let from = i / ${outFeatures}u * ${xStride}u + ${xOffset}u;
  var sum = ${params.accumulate === true ? 'y[i]' : '0.0'};
  for (var start = 0u; start < ${inFeatures}u; start += 128u) {
    var part = 0.0;
    for (var k = start; k < min(start + 128u, ${inFeatures}u); k++) {
      part = fma(x[from + k], weight[k * ${outFeatures}u + o], part);
    }
    sum += part;
  }
  ${params.bias ? 'sum += bias[o];' : ''}
  ${params.relu === true ? 'sum = select(sum, 0.0, sum < 0.0);' : ''}
  ${params.mask === true ? 'sum *= mask[i];' : ''}
  y[i] = sum;`,
  );
}

export interface LinearInputGradientParams extends LinearShape {
  readonly accumulate?: boolean;
  /** Binds `x` (strided like dx), the stored output of a ReLU or dropout: where it is 0 the gradient becomes 0. */
  readonly reluMask?: boolean;
  /** Multiplies the result (a dropout before this layer, whose zeros reluMask finds). */
  readonly scale?: number;
}

/** dx = mask(scale * (dx? + dy weight^T)). Bindings: dy, weight, x?, dx (and `partials` in a sequence). */
export function linearInputGradient(
  params: LinearInputGradientParams,
  _target: KernelTarget,
): KernelSequence {
  const { batch, inFeatures, outFeatures, xStride = inFeatures, xOffset = 0 } = params;
  const bindings: Kernel['bindings'] = [
    { name: 'dy', access: 'read' },
    { name: 'weight', access: 'read' },
    ...(params.reluMask === true ? [{ name: 'x', access: 'read' } as const] : []),
    { name: 'dx', access: 'read_write' },
  ];
  return simple(
    `linear input gradient ${describeLinear(params)}`,
    bindings,
    batch * inFeatures,
    `
  let k = i % ${inFeatures}u;
  let n = i / ${inFeatures}u;
  let at = n * ${xStride}u + ${xOffset}u + k;
  var sum = ${params.accumulate === true ? 'dx[at]' : '0.0'};
  for (var start = 0u; start < ${outFeatures}u; start += 128u) {
    var part = 0.0;
    for (var o = start; o < min(start + 128u, ${outFeatures}u); o++) {
      part = fma(dy[n * ${outFeatures}u + o], weight[k * ${outFeatures}u + o], part);
    }
    sum += part;
  }
  ${params.scale === undefined ? '' : `sum *= ${params.scale};`}
  ${params.reluMask === true ? 'sum = select(sum, 0.0, x[at] == 0.0);' : ''}
  dx[at] = sum;`,
  );
}

export interface LinearWeightGradientParams extends LinearShape {
  readonly bias: boolean;
}

/** dw = x^T dy, db = the sum of dy over the batch. Bindings: x, dy, dw, db? (and `partials` in a sequence). */
export function linearWeightGradient(
  params: LinearWeightGradientParams,
  _target: KernelTarget,
): KernelSequence {
  const { batch, inFeatures, outFeatures, xStride = inFeatures, xOffset = 0 } = params;
  const bindings: Kernel['bindings'] = [
    { name: 'x', access: 'read' },
    { name: 'dy', access: 'read' },
    { name: 'dw', access: 'read_write' },
    ...(params.bias ? [{ name: 'db', access: 'read_write' } as const] : []),
  ];
  const weights = inFeatures * outFeatures;
  const count = weights + (params.bias ? outFeatures : 0);
  return simple(
    `linear weight gradient ${describeLinear(params)}`,
    bindings,
    count,
    `
  let k = i / ${outFeatures}u;
  let o = i % ${outFeatures}u;
  var sum = 0.0;
  for (var n = 0u; n < ${batch}u; n++) {
    let value = select(1.0, x[n * ${xStride}u + ${xOffset}u + min(k, ${inFeatures - 1}u)], k < ${inFeatures}u);
    sum = fma(value, dy[n * ${outFeatures}u + o], sum);
  }
  ${params.bias ? `if (i >= ${weights}u) { db[o] = sum; return; }` : ''}
  dw[i] = sum;`,
  );
}

function describeLinear({ batch, inFeatures, outFeatures }: LinearShape): string {
  return `${inFeatures}->${outFeatures} n${batch}`;
}

function simple(label: string, bindings: Kernel['bindings'], count: number, body: string): KernelSequence {
  const grid = gridOf(Math.ceil(count / 64));
  const declarations = bindings.map(
    ({ name, access }, i) => `@group(0) @binding(${i}) var<storage, ${access}> ${name}: array<f32>;`,
  );
  const wgsl = `${declarations.join('\n')}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = ${grid.index} * 64u + lane;
  if (i >= ${count}u) { return; }${body}
}`;
  return { kernels: [{ label, wgsl, bindings, workgroups: grid.workgroups }], partialsLength: 0 };
}
