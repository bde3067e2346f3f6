/**
 * Images that come sorted: the network learns what comes last and forgets the rest. Two signs together: the batches' accuracy
 * jumps far more than chance lets it, and a stretch that went very well is followed by a test that does not.
 */
import { shuffledImages } from '@/doctor/fixes';
import { mean } from '@/doctor/measures';
import { defineRule } from '@/doctor/rule';
import type { EvaluationRecord, RunRecord } from '@/doctor/runRecord';
import { over, sub, subSup } from '@/model/formula';

const fewestSteps = 50;
const stretch = 5;
const largestGap = 0.4;
/** In windows so short that learning alone hardly shows in them. */
const window = 20;
const largestDispersion = 4;

/** Variance of the batches' accuracy over that of drawing each image at random, p (1 - p) / batch size: 1 for shuffled images. */
function dispersion({ config, accuracy }: RunRecord, steps: number): number {
  let found = 0;
  let expected = 0;
  for (let from = 0; from + window <= steps; from += window) {
    const p = mean(accuracy, from, from + window);
    for (let i = from; i < from + window; i += 1) found += ((accuracy[i] ?? p) - p) ** 2;
    expected += (window * p * (1 - p)) / config.batchSize;
  }
  return found / expected;
}

/** First step of the stretch of batches that went best. */
function bestStretch({ accuracy }: RunRecord, steps: number): number {
  let best = 0;
  for (let from = 0; from + stretch <= steps; from += 1) {
    if (mean(accuracy, from, from + stretch) > mean(accuracy, best, best + stretch)) best = from;
  }
  return best;
}

export const unshuffled = defineRule({
  formula: [sub('g', 'batch'), '≠', over('1', 'N'), subSup('∑', ['i', '=', '1'], 'N'), sub('g', 'i')],
  figures: { trainingAccuracy: 'share', testAccuracy: 'share', dispersion: 'loss' },
  find: (record) => {
    const { config, accuracy, evaluations } = record;
    if (config.shuffle) return null;
    const isForgetful = (test: EvaluationRecord): boolean => {
      if (test.epoch > 1 || test.step < fewestSteps) return false;
      const best = bestStretch(record, test.step);
      return mean(accuracy, best, best + stretch) - test.accuracy > largestGap;
    };
    const found = evaluations.find(isForgetful);
    if (found === undefined || !(dispersion(record, found.step) > largestDispersion)) return null;
    const from = bestStretch(record, found.step);
    return {
      severity: 'problem',
      step: found.step,
      evidence: { series: 'training_accuracy', from, to: found.step },
      figures: {
        trainingAccuracy: mean(accuracy, from, from + stretch),
        testAccuracy: found.accuracy,
        dispersion: dispersion(record, found.step),
      },
      fix: shuffledImages(config),
    };
  },
});
