/** Which name in a file a missing one was probably meant by. */
import type { NamedForm } from '@/model/stateDictDifference';

/** Of a file with more names the first are looked at; of a longer name its end, which tells layers apart. */
const mostNames = 500;
const longestName = 64;

/** Levenshtein's distance: letters to put in, take out or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** What follows the last point, such as `weight`. */
const suffix = (key: string): string => key.slice(key.lastIndexOf('.') + 1);

/**
 * The nearest name among tensors of the same shape and the same last word, such as `weight`; else one that differs by a third of its
 * letters at most; null for none.
 */
export function nearestName(missing: NamedForm, given: readonly NamedForm[]): string | null {
  const end = missing.key.slice(-longestName);
  const ranked = given
    .slice(0, mostNames)
    .map((form) => ({ form, letters: distance(end, form.key.slice(-longestName)) }))
    .sort((a, b) => a.letters - b.letters);
  const isSameShape = ({ form }: (typeof ranked)[number]): boolean =>
    form.shape.join() === missing.shape.join() && suffix(form.key) === suffix(missing.key);
  const found =
    ranked.find(isSameShape) ?? ranked.find(({ letters }) => letters <= Math.floor(end.length / 3)) ?? null;
  return found === null ? null : found.form.key;
}
