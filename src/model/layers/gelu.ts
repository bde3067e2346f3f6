/** GELU: x times the share of a normal distribution below x, by erf as torch.nn.GELU() has it, not by its approximation with tanh. */
import * as v from 'valibot';
import { elementwise, type ActivationDefinition } from '@/model/layers/elementwise';
import { nameSchema } from '@/model/layers/fields';

const schema = v.strictObject({ kind: v.literal('GELU'), name: nameSchema });

export type GELU = Readonly<v.InferOutput<typeof schema>>;

const density = (x: number): number => Math.exp(-(x ** 2) / 2) / Math.sqrt(2 * Math.PI);

/** Beyond it the tail is below the rounding of 1. */
const mostWithTail = 9;

/**
 * Share of the normal distribution below x, which is (1 + erf(x / sqrt(2))) / 2. A series of which all terms have the sign of x
 * (Marsaglia, Evaluating the Normal Distribution, 2004), so that nothing is lost but the rounding of 1.
 */
function shareBelow(x: number): number {
  if (Math.abs(x) > mostWithTail) return x > 0 ? 1 : 0;
  let term = x;
  let sum = x;
  let before = 0;
  for (let odd = 3; Math.abs(sum) > Math.abs(before); odd += 2) {
    before = sum;
    term *= x ** 2 / odd;
    sum += term;
  }
  return 0.5 + density(x) * sum;
}

export const gelu: ActivationDefinition<GELU> = {
  ...elementwise<GELU>({
    value: (x) => x * shareBelow(x),
    slope: (x) => shareBelow(x) + x * density(x),
    slopeReads: 'input',
    course: 'valley',
  }),
  schema,
  stem: 'gelu',
  create: (name) => ({ kind: 'GELU', name }),
};
