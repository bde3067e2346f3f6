/** BatchNorm over a handful of values: every batch is normalised by other noise, so training and test see different networks. */
import { largerBatch } from '@/doctor/fixes';
import { mean } from '@/doctor/measures';
import { defineRule } from '@/doctor/rule';
import { over, root, sub, subSup } from '@/model/formula';
import { definitionOf } from '@/model/layers';
import type { RunConfig } from '@/model/runConfig';
import { inferShapes, inputShape } from '@/model/shapes';

/** Values a channel that mean and variance are taken of. */
const fewestValues = 32;
const fewestSteps = 100;
const window = 100;
/** Training and test loss may differ by this factor. */
const largestRatio = 1.4;

/** Of the BatchNorm layer with the fewest values a channel, or null where there is none. */
function smallestStatistics(config: RunConfig): { readonly name: string; readonly values: number } | null {
  const layers = inferShapes(config.network, inputShape(config.input)).flatMap(({ layer, output }) => {
    const [, height = 1, width = 1] = output;
    return definitionOf(layer).seesBatch
      ? [{ name: layer.name, values: config.batchSize * height * width }]
      : [];
  });
  return layers.reduce<(typeof layers)[number] | null>(
    (least, one) => (least === null || one.values < least.values ? one : least),
    null,
  );
}

export const smallBatchNorm = defineRule({
  formula: ['y', '=', over(['x', '−', sub('μ', 'B')], root([subSup('σ', 'B', '2'), '+', 'ε']))],
  figures: { values: 'count', batchSize: 'count', trainingLoss: 'loss', testLoss: 'loss' },
  find: ({ config, loss, evaluations }) => {
    const smallest = smallestStatistics(config);
    if (smallest === null || smallest.values >= fewestValues) return null;
    const differs = evaluations.filter(({ step, loss: test }) => {
      const training = mean(loss, step - window, step);
      const ratio = Math.max(training / test, test / training);
      return step >= fewestSteps && ratio > largestRatio;
    });
    const first = differs[0];
    const last = differs.at(-1);
    if (first === undefined || last === undefined) return null;
    return {
      severity: 'problem',
      step: first.step,
      evidence: { series: 'test_loss', from: first.step, to: last.step },
      figures: {
        values: smallest.values,
        batchSize: config.batchSize,
        trainingLoss: mean(loss, last.step - window, last.step),
        testLoss: last.loss,
      },
      layers: [smallest.name],
      fix: largerBatch(config),
    };
  },
});
