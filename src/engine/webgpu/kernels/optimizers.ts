/** What each optimizer computes in the kernel of optimizer.ts, and what of it depends on the step alone. */
import { literal } from '@/engine/webgpu/kernels/source';
import { adagradRate } from '@/model/optimizers/adagrad';
import { nadamRates } from '@/model/optimizers/nadam';
import type { OptimizerKind, OptimizerSlot, OptimizerSpec } from '@/model/optimizers';

/** Values of one row of `schedule`. */
export const scheduleStride = 4;

type ScheduleRow = readonly [learningRate: number, y: number, z: number, w: number];

interface OptimizerKernel<K extends OptimizerKind> {
  /** Statements for the new `weight` from `weight` and `gradient`, vec4f each; slots are buffers by their names, `row` is of the step. */
  readonly statements: (spec: OptimizerSpec<K>) => string;
  /** The row of one step, in float64; the learning rate alone where it is not given. `updates` counts this one. */
  readonly row?: (spec: OptimizerSpec<K>, learningRate: number, updates: number) => ScheduleRow;
}

function decay(weightDecay: number): string {
  return weightDecay === 0 ? '' : `gradient += ${literal(weightDecay)} * weight;`;
}

function average(slot: OptimizerSlot, keep: number, next: string): string {
  return `let ${slot}Next = ${literal(keep)} * ${slot}[i] + ${literal(1 - keep)} * ${next};
  ${slot}[i] = ${slot}Next;`;
}

const sgd: OptimizerKernel<'SGD'> = {
  statements: ({ momentum, nesterov, weightDecay }) => {
    if (momentum === 0) return `${decay(weightDecay)}\n  weight -= row.x * gradient;`;
    return `${decay(weightDecay)}
  let velocity = ${literal(momentum)} * momentum_buffer[i] + row.w * gradient;
  momentum_buffer[i] = velocity;
  weight -= row.x * ${nesterov ? `(gradient + ${literal(momentum)} * velocity)` : 'velocity'};`;
  },
  // What the gradient is multiplied with before it enters the momentum buffer: dampening counts from the second update on.
  row: ({ dampening }, learningRate, updates) => [learningRate, 0, 0, updates === 1 ? 1 : 1 - dampening],
};

const adam: OptimizerKernel<'Adam' | 'AdamW'> = {
  statements: ({ kind, beta1, beta2, eps, weightDecay }) => {
    const isDecoupled = kind === 'AdamW' && weightDecay !== 0;
    return `${isDecoupled ? `weight *= 1.0 - row.x * ${literal(weightDecay)};` : ''}
  ${kind === 'Adam' ? decay(weightDecay) : ''}
  ${average('exp_avg', beta1, 'gradient')}
  ${average('exp_avg_sq', beta2, '(gradient * gradient)')}
  weight -= row.y * exp_avgNext / (sqrt(exp_avg_sqNext) * row.z + ${literal(eps)});`;
  },
  // Step size lr / (1 - beta1^t) and 1 / sqrt(1 - beta2^t).
  row: ({ beta1, beta2 }, learningRate, updates) => [
    learningRate,
    learningRate / (1 - beta1 ** updates),
    1 / Math.sqrt(1 - beta2 ** updates),
    0,
  ],
};

const rmsprop: OptimizerKernel<'RMSprop'> = {
  statements: ({ alpha, eps, momentum, centered, weightDecay }) => `${decay(weightDecay)}
  ${average('square_avg', alpha, '(gradient * gradient)')}
  ${centered ? average('grad_avg', alpha, 'gradient') : ''}
  ${centered ? 'let difference = square_avgNext - grad_avgNext * grad_avgNext;' : ''}
  let variance = ${centered ? 'select(difference, vec4f(), difference < vec4f())' : 'square_avgNext'};
  var change = gradient / (sqrt(variance) + ${literal(eps)});
  ${momentum === 0 ? '' : `change += ${literal(momentum)} * momentum_buffer[i];\n  momentum_buffer[i] = change;`}
  weight -= row.x * change;`,
};

const adadelta: OptimizerKernel<'Adadelta'> = {
  statements: ({ rho, eps, weightDecay }) => `${decay(weightDecay)}
  ${average('square_avg', rho, '(gradient * gradient)')}
  let change = sqrt(acc_delta[i] + ${literal(eps)}) / sqrt(square_avgNext + ${literal(eps)}) * gradient;
  ${average('acc_delta', rho, '(change * change)')}
  weight -= row.x * change;`,
};

const adagrad: OptimizerKernel<'Adagrad'> = {
  statements: ({ eps, weightDecay }) => `${decay(weightDecay)}
  let sumNext = sum[i] + row.z + gradient * gradient;
  sum[i] = sumNext;
  weight -= row.y * gradient / (sqrt(sumNext) + ${literal(eps)});`,
  // What the sum begins with joins it at the first update.
  row: (spec, learningRate, updates) => [
    learningRate,
    adagradRate(spec, learningRate, updates),
    updates === 1 ? spec.initialAccumulatorValue : 0,
    0,
  ],
};

const nadam: OptimizerKernel<'NAdam'> = {
  statements: ({ beta1, beta2, eps, weightDecay }) => `${decay(weightDecay)}
  ${average('exp_avg', beta1, 'gradient')}
  ${average('exp_avg_sq', beta2, '(gradient * gradient)')}
  weight -= (row.x * gradient + row.y * exp_avgNext) / (sqrt(exp_avg_sqNext) * row.z + ${literal(eps)});`,
  row: (spec, learningRate, updates) => {
    const { gradient, mean } = nadamRates(spec, learningRate, updates);
    return [gradient, mean, 1 / Math.sqrt(1 - spec.beta2 ** updates), 0];
  },
};

const kernels: { readonly [K in OptimizerKind]: OptimizerKernel<K> } = {
  SGD: sgd,
  Adam: adam,
  AdamW: adam,
  NAdam: nadam,
  RMSprop: rmsprop,
  Adagrad: adagrad,
  Adadelta: adadelta,
};

export function updateStatements<K extends OptimizerKind>(spec: OptimizerSpec<K>): string {
  return kernels[spec.kind].statements(spec);
}

/** What `row` is in the step whose update is number `updates` with these slots, 1 for the first. */
export function scheduleRow<K extends OptimizerKind>(
  spec: OptimizerSpec<K>,
  learningRate: number,
  updates: number,
): ScheduleRow {
  return kernels[spec.kind].row?.(spec, learningRate, updates) ?? [learningRate, 0, 0, 0];
}
