/** Mean squared error of the logits against the one-hot label, over all ten of all images. */
import { defineLoss } from '@/model/losses/definition';

const errors = (logits: readonly number[], label: number): readonly number[] =>
  logits.map((value, k) => value - (k === label ? 1 : 0));

export const mse = defineLoss('mse', {
  pytorch: 'F.mse_loss(z, F.one_hot(t, 10).float())',
  fields: {},
  isLogLoss: false,
  loss: (_, logits, label) =>
    errors(logits, label).reduce((sum, error) => sum + error * error, 0) / logits.length,
  gradient: (_, logits, label) => errors(logits, label).map((error) => (2 * error) / logits.length),
});
