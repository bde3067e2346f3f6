/** NaN or infinity: where it appeared first, and how large the gradients were before. */
import { crossEntropy, scaledLearningRate } from '@/doctor/fixes';
import { firstIndex, isLogLoss, totalGradientNorm } from '@/doctor/measures';
import { diagnosed, type Rule } from '@/doctor/rule';
import type { LayerStatistics, StepStatistics } from '@/model/layerStatistics';

function isBroken({ weight, input, gradient }: LayerStatistics): boolean {
  return weight.nonFinite > 0 || input.nonFinite > 0 || gradient.nonFinite > 0;
}

/**
 * The first layer, in the order of computing, with a value that is not finite. What enters a layer was made by the one before;
 * where no output is broken, gradients are looked at from the last layer backward, as they are computed.
 */
function firstBrokenLayer({ layers }: StepStatistics): string | null {
  for (const [i, layer] of layers.entries()) {
    if (layer.input.nonFinite > 0) return layers[Math.max(0, i - 1)]?.name ?? layer.name;
    if (layer.weight.nonFinite > 0) return layer.name;
  }
  return layers.findLast(({ gradient }) => gradient.nonFinite > 0)?.name ?? null;
}

export const nonFinite: Rule = ({ config, loss, statistics }) => {
  const ofLoss = firstIndex(loss, (value) => !Number.isFinite(value));
  const broken = statistics.find(({ layers }) => layers.some(isBroken));
  if (ofLoss < 0 && broken === undefined) return null;
  const step = Math.min(ofLoss < 0 ? Infinity : ofLoss, broken?.step ?? Infinity);
  const before = statistics.findLast((one) => one.step <= step && !one.layers.some(isBroken));
  const layer = broken === undefined ? null : firstBrokenLayer(broken);
  return diagnosed({
    id: 'non_finite',
    severity: 'problem',
    step,
    evidence: { series: 'training_loss', from: Math.max(0, step - 1), to: step },
    figures: {
      gradientNorm: before === undefined ? NaN : totalGradientNorm(config, before),
      normStep: before?.step ?? NaN,
      layerStep: broken?.step ?? NaN,
    },
    layers: layer === null ? [] : [layer],
    fix: isLogLoss(config) ? scaledLearningRate(config, 0.1) : crossEntropy(config),
  });
};
