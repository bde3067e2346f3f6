/** Classes that no image is taken for. */
import { allImages, allImagesOf, crossEntropy, moreEpochs, shuffledImages } from '@/doctor/fixes';
import type { Fix } from '@/doctor/finding';
import { fullTests, isLogLoss } from '@/doctor/measures';
import { defineRule } from '@/doctor/rule';
import type { EvaluationRecord, RunRecord } from '@/doctor/runRecord';
import { over, sub } from '@/model/formula';
import { neverPredicted as unpredicted } from '@/model/classCounts';
import type { RunConfig } from '@/model/runConfig';

/** A slow start is no fault: with the right loss, classes may be missing in the first epochs. */
const patientEpochs = 2;
/** The same with a wrong loss, in steps. */
const patientSteps = 100;

function remedy(config: RunConfig): Fix {
  if (!isLogLoss(config)) return crossEntropy(config);
  if (config.trainingImages < allImagesOf(config)) return allImages(config);
  return config.shuffle ? moreEpochs(config) : shuffledImages(config);
}

/** Tests late enough to judge by. */
function judgedTests(record: RunRecord): readonly EvaluationRecord[] {
  const tests = isLogLoss(record.config)
    ? fullTests(record).filter(({ epoch }) => epoch >= patientEpochs)
    : record.evaluations.filter(({ step }) => step >= patientSteps);
  // Where the network gives NaN, nothing is predicted.
  return tests.filter(({ loss }) => Number.isFinite(loss));
}

export const neverPredicted = defineRule({
  formula: [sub('recall', 'k'), '=', over(sub('right', 'k'), sub('images', 'k')), '=', '0'],
  figures: { accuracy: 'share', classCount: 'count', last: 'count' },
  find: (record) => {
    const tests = judgedTests(record);
    const last = tests.at(-1);
    const digits = last === undefined ? [] : unpredicted(last.classes);
    if (last === undefined || digits.length === 0) return null;
    const first = tests.find(({ classes }) => unpredicted(classes).length > 0) ?? last;
    return {
      severity: 'problem',
      step: first.step,
      evidence: { series: 'classes', from: first.step, to: last.step },
      figures: { accuracy: last.accuracy, classCount: digits.length, last: last.step },
      digits,
      fix: remedy(record.config),
    };
  },
});
