/** Cross entropy in which each digit counts as much as its weight says: torch's `weight`, whose mean is sum(w l) / sum(w). */
import { numberField, type NumberField } from '@/model/kindFields';
import { crossEntropy } from '@/model/losses/crossEntropy';
import { defineLoss, logSoftmax, softmax } from '@/model/losses/definition';

/** 0 leaves a digit out. */
const classWeight = (digit: number): NumberField =>
  numberField({
    argument: `weight[${digit}]`,
    default: 1,
    min: 0,
    max: 1000,
    step: 0.1,
    scale: 'linear',
  });

const fields = {
  ...crossEntropy.fields,
  weight0: classWeight(0),
  weight1: classWeight(1),
  weight2: classWeight(2),
  weight3: classWeight(3),
  weight4: classWeight(4),
  weight5: classWeight(5),
  weight6: classWeight(6),
  weight7: classWeight(7),
  weight8: classWeight(8),
  weight9: classWeight(9),
};

type Settings = Readonly<Record<keyof typeof fields, number>>;

/** The ten weights. */
export function classWeightsOf(spec: Settings): readonly number[] {
  const { weight0, weight1, weight2, weight3, weight4, weight5, weight6, weight7, weight8, weight9 } = spec;
  return [weight0, weight1, weight2, weight3, weight4, weight5, weight6, weight7, weight8, weight9];
}

/** What -log p of each digit is multiplied with: PyTorch smooths labels after it has weighted them. */
export function weightedTarget(spec: Settings, label: number): readonly number[] {
  const { labelSmoothing } = spec;
  const weights = classWeightsOf(spec);
  return weights.map(
    (weight, k) => weight * ((k === label ? 1 - labelSmoothing : 0) + labelSmoothing / weights.length),
  );
}

export const crossEntropyWeighted = defineLoss('cross_entropy_weighted', {
  pytorch: 'F.cross_entropy(z, t, weight)',
  fields,
  isLogLoss: true,
  weight: (spec, label) => classWeightsOf(spec)[label] ?? NaN,
  loss: (spec, logits, label) => {
    const logP = logSoftmax(logits);
    // What the target leaves out may have a probability of 0.
    return weightedTarget(spec, label).reduce(
      (sum, share, k) => (share === 0 ? sum : sum - share * (logP[k] ?? NaN)),
      0,
    );
  },
  gradient: (spec, logits, label) => {
    const target = weightedTarget(spec, label);
    const total = target.reduce((sum, share) => sum + share, 0);
    return softmax(logits).map((p, k) => total * p - (target[k] ?? NaN));
  },
});
