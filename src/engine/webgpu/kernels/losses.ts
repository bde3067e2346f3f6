/** What each loss computes of one image in the kernel of loss.ts. */
import { literal } from '@/engine/webgpu/kernels/source';
import type { LossKind, LossSpec } from '@/model/losses';
import { classWeightsOf } from '@/model/losses/crossEntropyWeighted';

export const classes = 10;

function each(statement: string): string {
  return `  for (var k = zero; k < ${classes}u; k++) { ${statement} }\n`;
}

/** Cross entropy with labels smoothed by s. */
function logLoss(s: number): string {
  if (s === 0) {
    return `  value = tail.x + (tail.y - z[t]);
${each('d[k] = p[k] - select(0.0, 1.0, k == t);')}`;
  }
  return each(`let share = select(${literal(s / classes)}, ${literal(1 - s + s / classes)}, k == t);
    value += share * (tail.x + (tail.y - z[k]));
    d[k] = p[k] - share;`);
}

const classWeights = (spec: LossSpec<'cross_entropy_weighted'>): string =>
  `array<f32, ${classes}>(${classWeightsOf(spec).map(literal).join(', ')})`;

const statements: { readonly [K in LossKind]: (spec: LossSpec<K>) => string } = {
  cross_entropy: ({ labelSmoothing }) => logLoss(labelSmoothing),
  cross_entropy_weighted: (spec) => {
    const s = spec.labelSmoothing;
    return `  var weights = ${classWeights(spec)};
  var shares = 0.0;
${each(`let share = weights[k] * select(${literal(s / classes)}, ${literal(1 - s + s / classes)}, k == t);
    value += select(share * (tail.x + (tail.y - z[k])), 0.0, share == 0.0);
    shares += share;
    d[k] = -share;`)}${each('d[k] += shares * p[k];')}`;
  },
  nll_log_softmax: () => logLoss(0),
  nll_logits: () => `  value = -z[t];
${each('d[k] = select(0.0, -1.0, k == t);')}`,
  nll_softmax: () => `  value = -p[t];
${each('d[k] = -p[t] * (select(0.0, 1.0, k == t) - p[k]);')}`,
  cross_entropy_softmax: () => `  var q: Row;
  let second = softmax(&p, &q, zero);
  value = second.x + (second.y - p[t]);
  var dot = 0.0;
${each('dot += (q[k] - select(0.0, 1.0, k == t)) * p[k];')}${each(
    'd[k] = p[k] * (q[k] - select(0.0, 1.0, k == t) - dot);',
  )}`,
  mse: () =>
    each(`let error = z[k] - select(0.0, 1.0, k == t);
    value += error * error / ${literal(classes)};
    d[k] = error * ${literal(2 / classes)};`),
};

/** Statements that set `value` and the row `d` from z, p = softmax(z), `tail` (log-sum and maximum) and the label t. */
export function lossStatements<K extends LossKind>(spec: LossSpec<K>): string {
  return statements[spec.kind](spec);
}

/** The ten classes' weights in the mean, an expression; null where an image counts for 1 whatever its class. */
export function classWeightsOfLoss(spec: LossSpec): string | null {
  return spec.kind === 'cross_entropy_weighted' ? classWeights(spec) : null;
}
