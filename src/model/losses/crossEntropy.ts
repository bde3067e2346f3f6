/** -log softmax(z)[t], the right one. */
import { numberField, share } from '@/model/kindFields';
import { defineLoss, logSoftmax, softmax } from '@/model/losses/definition';

export const crossEntropy = defineLoss('cross_entropy', {
  pytorch: 'F.cross_entropy(z, t)',
  fields: { labelSmoothing: numberField({ argument: 'label_smoothing', default: 0, ...share }) },
  isLogLoss: true,
  loss: ({ labelSmoothing }, logits, label) => {
    const logP = logSoftmax(logits);
    const right = logP[label] ?? NaN;
    // The other digits may have a probability of 0.
    if (labelSmoothing === 0) return -right;
    const mean = logP.reduce((sum, value) => sum + value, 0) / logP.length;
    return -(1 - labelSmoothing) * right - labelSmoothing * mean;
  },
  gradient: ({ labelSmoothing }, logits, label) =>
    softmax(logits).map(
      (p, k) => p - (k === label ? 1 - labelSmoothing : 0) - labelSmoothing / logits.length,
    ),
});
