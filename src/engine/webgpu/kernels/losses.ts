/** What each loss computes of one image in the kernel of loss.ts. */
import { literal } from '@/engine/webgpu/kernels/source';
import type { LossKind, LossSpec } from '@/model/losses';

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

const statements: { readonly [K in LossKind]: (spec: LossSpec<K>) => string } = {
  cross_entropy: ({ labelSmoothing }) => logLoss(labelSmoothing),
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
