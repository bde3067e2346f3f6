/** What adds up to a unit of a Linear layer. */
import type { RequestValue } from '@/session/sessionState';

export interface Contribution {
  /** Number of the input. */
  readonly index: number;
  readonly input: number;
  readonly weight: number;
  /** weight * input; the unit is the sum of all of them and the bias. */
  readonly product: number;
}

/** The largest first, by size. */
export function contributionsOf({
  input,
  weight,
}: Pick<RequestValue<'linearUnit'>, 'input' | 'weight'>): Contribution[] {
  return Array.from(input, (value, index) => {
    const factor = weight[index] ?? 0;
    return { index, input: value, weight: factor, product: factor * value };
  }).sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
}
