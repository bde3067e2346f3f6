/** NaN or infinity in losses, layers or running statistics: where it appeared first, and how large the gradients were before. */
import { crossEntropy, scaledLearningRate } from '@/doctor/fixes';
import type { Finding } from '@/doctor/finding';
import { firstIndex, isLogLoss, totalGradientNorm } from '@/doctor/measures';
import { defineRule } from '@/doctor/rule';
import type { RunRecord } from '@/doctor/runRecord';
import { isBroken, type StepStatistics } from '@/model/layerStatistics';

/**
 * The first layer, in the order of computing, with a value that is not finite. What enters a layer was made by the one before;
 * where no output is broken, gradients are looked at from the last layer backward, as they are computed, and running statistics
 * last: nothing in training reads them.
 */
function firstBrokenLayer({ layers, running }: StepStatistics): string | null {
  for (const [i, layer] of layers.entries()) {
    if (layer.input.nonFinite > 0) return layers[Math.max(0, i - 1)]?.name ?? layer.name;
    if (layer.weight.nonFinite > 0) return layer.name;
  }
  const inGradients = layers.findLast(({ gradient }) => gradient.nonFinite > 0);
  return inGradients?.name ?? running.find(({ nonFinite }) => nonFinite > 0)?.name ?? null;
}

type Place = Pick<Finding, 'step' | 'evidence' | 'context'>;

/** Where it shows first: in a step's loss or layers, or in a test's loss, which counts the steps done. */
function firstPlace({ loss, evaluations }: RunRecord, broken: StepStatistics | undefined): Place | null {
  const ofLoss = firstIndex(loss, (value) => !Number.isFinite(value));
  const step = Math.min(ofLoss < 0 ? Infinity : ofLoss, broken?.step ?? Infinity);
  const test = evaluations.find((one) => !Number.isFinite(one.loss));
  if (test !== undefined && test.step <= step) {
    const evidence = { series: 'test_loss', from: test.step, to: test.step } as const;
    return { step: test.step, evidence, context: 'test' };
  }
  if (step === Infinity) return null;
  const evidence = { series: 'training_loss', from: Math.max(0, step - 1), to: step } as const;
  const isOnlyRunning = ofLoss !== step && broken !== undefined && !isBroken({ ...broken, running: [] });
  return { step, evidence, ...(isOnlyRunning ? { context: 'running' } : {}) };
}

export const nonFinite = defineRule({
  formula: ['w', '←', 'w', '−', 'η', 'g', ',', '∞', '−', '∞', '=', 'NaN'],
  figures: { gradientNorm: 'anySize', normStep: 'step', layerStep: 'step' },
  find: (record) => {
    const { config, statistics } = record;
    const broken = statistics.find(isBroken);
    const place = firstPlace(record, broken);
    if (place === null) return null;
    const before = statistics.findLast((one) => one.step <= place.step && !isBroken(one));
    const layer = broken === undefined ? null : firstBrokenLayer(broken);
    return {
      severity: 'problem',
      ...place,
      figures: {
        gradientNorm: before === undefined ? NaN : totalGradientNorm(config, before),
        normStep: before?.step ?? NaN,
        layerStep: broken?.step ?? NaN,
      },
      layers: layer === null ? [] : [layer],
      fix: isLogLoss(config) ? scaledLearningRate(config, 0.1) : crossEntropy(config),
    };
  },
});
