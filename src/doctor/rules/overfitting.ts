/** The test loss rises while the training goes on to improve: the network learns its images by heart. */
import { allImages, allImagesOf, augmentedImages, decayedWeights } from '@/doctor/fixes';
import type { Fix } from '@/doctor/finding';
import { fullTests, mean } from '@/doctor/measures';
import { defineRule } from '@/doctor/rule';
import { sub } from '@/model/formula';
import { stepsPerEpoch, type RunConfig } from '@/model/runConfig';

const fewestEpochs = 4;
/** How far the test loss is above its best, epochs ago. */
const rise = 1.15;
const epochsAgo = 2;
const largestGap = 0.03;

function remedy(config: RunConfig): Fix {
  if (config.trainingImages < allImagesOf(config)) return allImages(config);
  return config.input.augment === null ? augmentedImages(config) : decayedWeights(config);
}

export const overfitting = defineRule({
  formula: [sub('L', 'test'), '−', sub('L', 'training'), '→', '∞'],
  figures: { bestLoss: 'loss', testLoss: 'loss', trainingAccuracy: 'share', testAccuracy: 'share' },
  find: (record) => {
    const { config, accuracy } = record;
    const tests = fullTests(record);
    const last = tests.at(-1);
    if (last === undefined || tests.length < fewestEpochs) return null;
    const best = tests.reduce((a, b) => (b.loss < a.loss ? b : a));
    const training = mean(accuracy, last.step - stepsPerEpoch(config), last.step);
    const gap = training - last.accuracy;
    if (last.epoch - best.epoch < epochsAgo || last.loss < rise * best.loss || gap < largestGap) return null;
    return {
      severity: 'warning',
      step: best.step,
      evidence: { series: 'test_loss', from: best.step, to: last.step },
      figures: {
        bestLoss: best.loss,
        testLoss: last.loss,
        trainingAccuracy: training,
        testAccuracy: last.accuracy,
      },
      fix: remedy(config),
    };
  },
});
