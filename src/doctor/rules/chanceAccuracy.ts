/** A network that still guesses after epochs of training. */
import { crossEntropy, initialisedWeights, scaledLearningRate } from '@/doctor/fixes';
import type { Fix } from '@/doctor/finding';
import { fullTests, isLogLoss, largestUpdate, mean } from '@/doctor/measures';
import { defineRule } from '@/doctor/rule';
import type { EvaluationRecord, RunRecord } from '@/doctor/runRecord';
import { over, sub } from '@/model/formula';

/** Always answering the most frequent class, such as MNIST's 1, is right for so many of the test images. */
const chanceOf = ({ classes: { labelled } }: EvaluationRecord): number =>
  Math.max(...labelled) / labelled.reduce((sum, images) => sum + images, 0);
/** Cross entropy of equal probabilities for all classes that there are. */
const chanceLossOf = ({ classes: { labelled } }: EvaluationRecord): number =>
  Math.log(labelled.filter((images) => images > 0).length);
const margin = 0.02;
const window = 100;

/** Updates of the layer that moves most, in parts of its weights, between which training may go well. */
const smallestGood = 1e-4;
const largestGood = 3e-2;

/** Which setting to try: no step came through, or the weights moved and learned nothing. */
function remedy({ config, statistics }: RunRecord): Fix {
  if (!isLogLoss(config)) return crossEntropy(config);
  const largest = Math.max(0, ...statistics.map(largestUpdate).filter(Number.isFinite));
  if (largest > largestGood) return scaledLearningRate(config, 0.1);
  return largest < smallestGood ? scaledLearningRate(config, 10) : initialisedWeights(config);
}

export const chanceAccuracy = defineRule({
  formula: [sub('p', 'k'), '≈', over('1', 'K'), ',', 'L', '≈', 'ln', 'K'],
  figures: { accuracy: 'share', chance: 'share', epochs: 'count' },
  find: (record) => {
    const { config, loss } = record;
    // The class that PyTorch's argmax takes of NaN says nothing.
    const tests = fullTests(record).filter((test) => Number.isFinite(test.loss));
    const last = tests.at(-1);
    if (last === undefined || last.accuracy > chanceOf(last) + margin) return null;
    // With the right loss, a slow start shows in a loss that falls before the accuracy rises.
    const isStill =
      mean(loss, loss.length - window) > 0.99 * Math.min(chanceLossOf(last), mean(loss, 0, window));
    if (isLogLoss(config) && (last.epoch < 2 || !isStill)) return null;
    const first = tests.find(({ accuracy }) => accuracy <= chanceOf(last) + margin) ?? last;
    return {
      severity: 'problem',
      step: first.step,
      evidence: { series: 'test_accuracy', from: first.step, to: last.step },
      figures: { accuracy: last.accuracy, chance: chanceOf(last), epochs: last.epoch },
      fix: remedy(record),
    };
  },
});
