/** Steps so long that the loss rises or jumps about, rather than falls. */
import { scaledLearningRate } from '@/doctor/fixes';
import { isLogLoss, mean, typicalUpdate } from '@/doctor/measures';
import { defineRule } from '@/doctor/rule';
import { suitableStep } from '@/doctor/terms';

const fewestSteps = 50;
const window = 25;
/** Weights that change by so much in a step forget what they knew. */
const largestUpdate = 0.03;
/** A loss has risen when a window's mean is so much above the first ones. */
const rise = 1.15;

export const learningRateHigh = defineRule({
  formula: suitableStep,
  figures: { start: 'loss', steps: 'count', latest: 'loss', update: 'anySize', learningRate: 'loss' },
  find: ({ config, loss, statistics }) => {
    if (!isLogLoss(config) || loss.length < fewestSteps) return null;
    const start = loss[0] ?? NaN;
    const now = mean(loss, loss.length - window);
    const longest = statistics.find((step) => typicalUpdate(step) > largestUpdate);
    const hasRisen = now > rise * start;
    const hasStuck = longest !== undefined && now > 0.95 * start;
    if (!hasRisen && !hasStuck) return null;
    const step = hasStuck ? longest.step : loss.length - window;
    return {
      severity: 'problem',
      step,
      evidence: { series: 'training_loss', from: step, to: loss.length - 1 },
      figures: {
        start,
        steps: loss.length,
        latest: now,
        update: longest === undefined ? NaN : typicalUpdate(longest),
        learningRate: config.learningRate,
      },
      fix: scaledLearningRate(config, 0.1),
    };
  },
});
