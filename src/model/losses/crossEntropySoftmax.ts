/** Cross entropy of softmax(z): softmax applied twice. */
import { defineLoss, logSoftmax, softmax, throughSoftmax } from '@/model/losses/definition';

export const crossEntropySoftmax = defineLoss('cross_entropy_softmax', {
  pytorch: 'F.cross_entropy(F.softmax(z, 1), t)',
  fields: {},
  isLogLoss: false,
  loss: (_, logits, label) => -(logSoftmax(softmax(logits))[label] ?? NaN),
  gradient: (_, logits, label) => {
    const p = softmax(logits);
    return throughSoftmax(
      p,
      softmax(p).map((q, k) => q - (k === label ? 1 : 0)),
    );
  },
});
