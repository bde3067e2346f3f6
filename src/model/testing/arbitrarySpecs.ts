/** Test equipment: settings of any kind drawn from the ranges of its definition, so that a new kind is tested without being named. */
import type { Field, Fields } from '@/model/kindFields';
import { uniform } from '@/model/random';

function valueAt(field: Field, share: number): number | boolean {
  if (field.kind === 'boolean') return share < 0.5;
  const { min, max, kind } = field;
  let value = min + (max - min) * share;
  if (field.scale === 'log') {
    // A logarithmic range from 0 has 0 for "off".
    const smallest = min > 0 ? min : 1e-5;
    value = min === 0 && share < 0.25 ? 0 : smallest * (max / smallest) ** share;
  }
  return kind === 'integer' ? Math.round(value) : value;
}

/** Number `at` of a kind's settings: first the defaults, then every one at random, each with a chance of its smallest value. */
export function specAt<Spec>(defaults: Spec, fields: Fields, at: number): Spec {
  if (at === 0) return defaults;
  const drawn = Object.entries(fields).map(([key, field], i) => {
    const isSmallest = uniform(at, 2 * i + 1) < 0.25 && field.kind !== 'boolean';
    return [key, valueAt(field, isSmallest ? 0 : uniform(at, 2 * i))] as const;
  });
  return { ...defaults, ...Object.fromEntries(drawn) };
}
