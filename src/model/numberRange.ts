/** Which numbers a setting takes, how a typed text becomes one of them, and how arrow keys move among them. */
import { type NumberKind, parseNumber, type TextProblem } from '@/model/parseNumber';

export interface NumberRange {
  readonly kind: NumberKind;
  readonly min: number;
  readonly max: number;
  /** Added by an arrow key on a linear scale, multiplied with on a logarithmic one. */
  readonly step: number;
  /** A logarithmic scale with `min` 0 has 0 for "off" below its positive values. */
  readonly scale: 'linear' | 'log';
}

/** Why a number is not one of the range. */
export type RangeProblem =
  | { readonly code: 'not_a_number' | 'not_an_integer' }
  | { readonly code: 'too_small' | 'too_large'; readonly min: number; readonly max: number };

export type NumberProblem = TextProblem | RangeProblem;

/** The problem of a number by itself, or null. */
export function rangeProblem(
  { kind, min, max }: Pick<NumberRange, 'kind' | 'min' | 'max'>,
  value: number,
): RangeProblem | null {
  if (Number.isNaN(value)) return { code: 'not_a_number' };
  if (value < min) return { code: 'too_small', min, max };
  if (value > max) return { code: 'too_large', min, max };
  return kind === 'integer' && !Number.isInteger(value) ? { code: 'not_an_integer' } : null;
}

export type ReadNumber =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly problem: NumberProblem };

/** A typed text as a number of the range, or why it is none. */
export function readNumber(text: string, range: NumberRange): ReadNumber {
  const parsed = parseNumber(text, range.kind);
  if (!parsed.ok) return parsed;
  const problem = rangeProblem(range, parsed.value);
  return problem === null ? parsed : { ok: false, problem };
}

/** One arrow key up or down, kept in range; 0 of a logarithmic scale means off and steps to a small value. */
export function stepped(range: NumberRange, value: number, direction: 1 | -1): number {
  const { scale, step, min, max, kind } = range;
  const smallest = min > 0 ? min : 1e-5;
  let next = value + direction * step;
  if (scale === 'log') {
    next = value <= 0 ? smallest : value * step ** direction;
    if (min === 0 && direction < 0 && next < smallest) next = 0;
  }
  // A factor such as 10 ** 0.25 gives endless digits; a sum keeps those of its value, without float64's 0.1 + 0.2.
  const rounded = kind === 'integer' ? Math.round(next) : Number(next.toPrecision(scale === 'log' ? 3 : 12));
  return Math.min(max, Math.max(min, rounded));
}
