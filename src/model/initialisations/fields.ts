/** Settings that several initialisations share. */
import { numberField } from '@/model/kindFields';

/** What the width of the distribution is multiplied with: torch.nn.init.calculate_gain has one for each activation. */
export const gain = numberField({
  argument: 'gain',
  default: 1,
  min: 0.001,
  max: 1000,
  step: 10 ** 0.25,
  scale: 'log',
});

/** Slope left of 0 of the activation behind: 0 is a ReLU's, 1 no activation's, and √5 the one of reset_parameters(). */
export const negativeSlope = numberField({
  argument: 'a',
  default: 0,
  min: 0,
  max: 100,
  step: 0.1,
  scale: 'linear',
});

/** torch.nn.init.calculate_gain('leaky_relu', a). */
export function leakyReluGain(a: number): number {
  return Math.sqrt(2 / (1 + a * a));
}
