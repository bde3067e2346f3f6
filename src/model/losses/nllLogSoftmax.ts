/** The value of cross entropy, as the report's small ResNet writes it. */
import { defineLoss, logSoftmax, softmax } from '@/model/losses/definition';

export const nllLogSoftmax = defineLoss('nll_log_softmax', {
  pytorch: 'F.nll_loss(F.log_softmax(z, 1), t)',
  fields: {},
  isLogLoss: true,
  loss: (_, logits, label) => -(logSoftmax(logits)[label] ?? NaN),
  gradient: (_, logits, label) => softmax(logits).map((p, k) => p - (k === label ? 1 : 0)),
});
