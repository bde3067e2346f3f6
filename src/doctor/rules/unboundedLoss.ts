/** NLLLoss on raw outputs: -z[t] has no lower bound, and is below 0 as soon as the output of the right digit is positive. */
import { crossEntropy } from '@/doctor/fixes';
import { firstIndex } from '@/doctor/measures';
import { defineRule } from '@/doctor/rule';
import { zt } from '@/doctor/terms';
import { over } from '@/model/formula';

export const unboundedLoss = defineRule({
  formula: ['L', '=', '−', zt, '→', '−', '∞', ',', over(['∂', 'L'], ['∂', zt]), '=', '−', '1'],
  figures: { loss: 'loss', latest: 'loss' },
  find: ({ config, loss }) => {
    if (config.loss.kind !== 'nll_logits') return null;
    const step = firstIndex(loss, (value) => value < 0);
    if (step < 0) return null;
    const last = loss.length - 1;
    return {
      severity: 'problem',
      step,
      evidence: { series: 'training_loss', from: step, to: last },
      figures: { loss: loss[step] ?? NaN, latest: Array.from(loss).findLast(Number.isFinite) ?? NaN },
      fix: crossEntropy(config),
    };
  },
});
