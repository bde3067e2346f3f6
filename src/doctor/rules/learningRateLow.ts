/** Steps so short that hundreds of them make no difference. */
import { scaledLearningRate } from '@/doctor/fixes';
import { deviation, isLogLoss, largestUpdate, mean, median } from '@/doctor/measures';
import { defineRule } from '@/doctor/rule';
import { suitableStep } from '@/doctor/terms';

const fewestSteps = 200;
const window = 50;
/** Of the layer that moves most: below it, a weight needs more than 50,000 steps to change by its own size. */
const smallestUpdate = 2e-5;
/** Where training usually goes well. */
const goodUpdate = 1e-3;
/** A fall of less than this many standard errors cannot be told from noise. */
const standardErrors = 3;

export const learningRateLow = defineRule({
  formula: suitableStep,
  figures: { steps: 'count', fall: 'anySize', update: 'anySize', learningRate: 'loss' },
  find: ({ config, loss, statistics }) => {
    if (!isLogLoss(config) || loss.length < fewestSteps || statistics.length === 0) return null;
    const update = median(statistics.map(largestUpdate));
    if (!(update < smallestUpdate) || update === 0) return null;
    const end = loss.length;
    const fall = mean(loss, 0, window) - mean(loss, end - window, end);
    const noise = (deviation(loss, 0, window) + deviation(loss, end - window, end)) / Math.sqrt(2 * window);
    if (fall > standardErrors * noise) return null;
    const factor = 10 ** Math.round(Math.log10(goodUpdate / update));
    return {
      severity: 'problem',
      step: fewestSteps - 1,
      evidence: { series: 'training_loss', from: 0, to: end - 1 },
      figures: { steps: end, fall, update, learningRate: config.learningRate },
      fix: scaledLearningRate(config, Math.min(factor, 0.1 / config.learningRate)),
    };
  },
});
