/** Cross entropy of softmax outputs: logits between 0 and 1 leave a loss of ln(1 + 9 / e) = 1.461 even where all is right. */
import { crossEntropy } from '@/doctor/fixes';
import { mean } from '@/doctor/measures';
import { defineRule } from '@/doctor/rule';
import { over } from '@/model/formula';

const lowestLoss = Math.log(1 + 9 / Math.E);
const fewestSteps = 20;
const window = 50;

export const softmaxTwice = defineRule({
  formula: ['L', '≥', 'ln', '(', '1', '+', over('9', 'e'), ')', '≈', '1.461'],
  figures: { latest: 'loss', accuracy: 'share', lowest: 'loss' },
  find: ({ config, loss, accuracy }) => {
    if (config.loss.kind !== 'cross_entropy_softmax' || loss.length < fewestSteps) return null;
    const last = loss.length - 1;
    return {
      severity: 'problem',
      step: fewestSteps - 1,
      evidence: { series: 'training_loss', from: 0, to: last },
      figures: {
        latest: mean(loss, loss.length - window),
        accuracy: mean(accuracy, accuracy.length - window),
        lowest: lowestLoss,
      },
      fix: crossEntropy(config),
    };
  },
});
