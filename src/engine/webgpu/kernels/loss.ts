/** The losses of model/losses over 10 logits: mean loss, images classified right and the gradient, in one dispatch. */
import type { Declaration, Kernel } from '@/engine/webgpu/kernel';
import { clockBinding, clockStruct } from '@/engine/webgpu/kernels/clock';
import { nanFunction } from '@/engine/webgpu/kernels/exact';
import { classes, classWeightsOfLoss, lossStatements } from '@/engine/webgpu/kernels/losses';
import { floats, groupKernel, literal, words } from '@/engine/webgpu/kernels/source';
import { alias, fn } from '@/engine/webgpu/wgsl';
import type { LossSpec } from '@/model/losses';

/** float32 values of one slot of the ring buffer `metrics`: mean loss, images right, gradient norm (norm.ts), 0. */
export const metricsStride = 4;

export interface LossParams {
  readonly batch: number;
  readonly loss: LossSpec;
}

const rowAlias = alias('Row', `array<f32, ${classes}>`);

/**
 * Probabilities into the second row; gives log of the sum of exponentials, less the maximum, and the maximum. As differences to the
 * maximum, so that nothing overflows.
 */
const softmaxFunction = fn(
  'softmax',
  '(source: ptr<function, Row>, into: ptr<function, Row>, zero: u32) -> vec2f',
  `  var top = (*source)[0];
  for (var k = 1u + zero; k < ${classes}u; k++) { top = max(top, (*source)[k]); }
  var sum = 0.0;
  for (var k = zero; k < ${classes}u; k++) {
    let e = exp((*source)[k] - top);
    (*into)[k] = e;
    sum += e;
  }
  for (var k = zero; k < ${classes}u; k++) { (*into)[k] /= sum; }
  return vec2f(log(sum), top);`,
);

/** Class of a row of logits by the rule of model/argmax.ts. */
const argmaxFunction = fn(
  'argmax',
  `(row: ptr<function, array<f32, ${classes}>>, zero: u32) -> u32`,
  `  var best = 0u;
  for (var k = zero; k < ${classes}u; k++) {
    if (isNan((*row)[k])) { return k; }
    if ((*row)[k] > (*row)[best]) { best = k; }
  }
  return best;`,
);

/** Loss of image n and whether it is right; leaves its row of the gradient. `divisor`: what the batch's images count for together. */
const lossFunction = (loss: LossSpec, divisor: string): Declaration =>
  fn(
    'lossOf',
    '(n: u32, zero: u32, weight: f32) -> vec2f',
    `  let t = batchLabels[n];
  var z: Row;
  for (var k = zero; k < ${classes}u; k++) { z[k] = logits[n * ${classes}u + k]; }
  let best = argmax(&z, zero);
  var p: Row;
  var d: Row;
  let tail = softmax(&z, &p, zero);
  var value = 0.0;
${lossStatements(loss)}
  for (var k = zero; k < ${classes}u; k++) { dlogits[n * ${classes}u + k] = d[k] / ${divisor}; }
  return vec2f(value, select(0.0, 1.0, best == t));`,
  );

/** WGSL that sums up in `weight`, in a fixed order, what the images of the batch count for; nothing where they count for 1 each. */
function weightStatements(batch: number, classWeights: string | null): string {
  if (classWeights === null) return '';
  return `  var classWeights = ${classWeights};
  for (var n = lane; n < ${batch}u; n += 64u) { weight += classWeights[batchLabels[n]]; }
  sums[lane] = vec2f(weight, 0.0);
  workgroupBarrier();
  weight = 0.0;
  for (var other = zero; other < 64u; other++) { weight += sums[other].x; }
  workgroupBarrier();
`;
}

/**
 * Bindings: clock, logits [batch][10], batchLabels u32 [batch], dlogits [batch][10] (of the mean loss), metrics: the ring buffer,
 * whose slot clock.slot gets mean loss and images right. Sums in a fixed order.
 */
export function lossAndGradient({ batch, loss }: LossParams): Kernel {
  const classWeights = classWeightsOfLoss(loss);
  const divisor = classWeights === null ? literal(batch) : 'weight';
  return groupKernel(
    {
      label: `loss ${loss.kind} n${batch}`,
      bindings: [
        clockBinding('read'),
        floats('logits', 'read'),
        words('batchLabels', 'read'),
        floats('dlogits', 'read_write'),
        floats('metrics', 'read_write'),
      ],
      workgroupArrays: [{ name: 'sums', type: 'vec2f', length: 64 }],
      declarations: [
        clockStruct,
        rowAlias,
        softmaxFunction,
        nanFunction(),
        argmaxFunction,
        lossFunction(loss, divisor),
      ],
    },
    `  var weight = 0.0;
${weightStatements(batch, classWeights)}  var total = vec2f();
  for (var n = lane; n < ${batch}u; n += 64u) { total += lossOf(n, zero, weight); }
  sums[lane] = total;
  workgroupBarrier();
  if (lane != 0u) { return; }
  for (var other = 1u + zero; other < 64u; other++) { total += sums[other]; }
  metrics[clock.slot * ${metricsStride}u] = total.x / ${divisor};
  metrics[clock.slot * ${metricsStride}u + 1u] = total.y;`,
  );
}
