/** NLLLoss on probabilities: -p[t] lies between -1 and 0, and its gradient carries p (1 - p), which vanishes where p is near 0. */
import { crossEntropy } from '@/doctor/fixes';
import { defineRule } from '@/doctor/rule';
import { firstIndex, mean, typicalUpdate } from '@/doctor/measures';
import { pt, zt } from '@/doctor/terms';
import { over } from '@/model/formula';
import { deadClasses } from '@/model/classCounts';

/** A few steps, so that the range is seen. */
const fewestSteps = 5;
const window = 50;

export const softmaxBeforeNll = defineRule({
  formula: ['L', '=', '−', pt, ',', over(['∂', 'L'], ['∂', zt]), '=', '−', pt, '(', '1', '−', pt, ')'],
  figures: { latest: 'loss', probability: 'share', update: 'anySize' },
  find: ({ config, loss, evaluations, statistics }) => {
    if (config.loss.kind !== 'nll_softmax' || loss.length < fewestSteps) return null;
    const step = firstIndex(loss, (value) => value < 0);
    if (step < 0) return null;
    const latest = evaluations.at(-1);
    const update = statistics.at(-1);
    return {
      severity: 'problem',
      step,
      evidence: { series: 'training_loss', from: step, to: loss.length - 1 },
      figures: {
        latest: mean(loss, loss.length - window),
        probability: -mean(loss, loss.length - window),
        update: update === undefined ? NaN : typicalUpdate(update),
      },
      digits: latest === undefined ? [] : deadClasses(latest.classes),
      fix: crossEntropy(config),
    };
  },
});
