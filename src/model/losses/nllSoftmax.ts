/** -p[t], whose gradient dies where p is near 0 or 1: the loss of the report's LeNet. */
import { defineLoss, logSoftmax, softmax, throughSoftmax } from '@/model/losses/definition';

export const nllSoftmax = defineLoss('nll_softmax', {
  pytorch: 'F.nll_loss(F.softmax(z, 1), t)',
  fields: {},
  isLogLoss: false,
  loss: (_, logits, label) => -Math.exp(logSoftmax(logits)[label] ?? NaN),
  gradient: (_, logits, label) =>
    throughSoftmax(
      softmax(logits),
      logits.map((_value, k) => (k === label ? -1 : 0)),
    ),
});
