/** -z[t], unbounded below: the loss of the report's VGG-16 and ResNet-18. */
import { defineLoss } from '@/model/losses/definition';

export const nllLogits = defineLoss('nll_logits', {
  pytorch: 'F.nll_loss(z, t)',
  fields: {},
  isLogLoss: false,
  loss: (_, logits, label) => -(logits[label] ?? NaN),
  gradient: (_, logits, label) => logits.map((_value, k) => (k === label ? -1 : 0)),
});
