/** Numbers as grids, products and screen readers show them. */
import { nonFiniteText } from '@/ui/text/numberFormat';

const minus = '−';

function withMinus(text: string): string {
  return text.replace('-', minus);
}

/** Exact to six decimals: 0.015625, −3.5. */
export function exactValue(value: number): string {
  return withMinus(nonFiniteText(value) ?? String(Number(value.toFixed(6)) + 0));
}

/** Short enough for a cell: at most three significant digits, 12k for thousands. */
export function cellValue(value: number): string {
  const none = nonFiniteText(value);
  if (none !== null) return withMinus(none);
  const size = Math.abs(value);
  if (size >= 9999.5) return withMinus(`${Number((value / 1000).toPrecision(3))}k`);
  if (size >= 999.5) return withMinus(String(Math.round(value)));
  if (size > 0 && size < 0.005) return withMinus(value.toExponential(0));
  return withMinus(String(Number(size >= 1 ? value.toPrecision(3) : value.toFixed(2)) + 0));
}

/** For sums and products in a line: up to four decimals. */
export function termValue(value: number): string {
  const none = nonFiniteText(value);
  if (none !== null) return withMinus(none);
  const size = Math.abs(value);
  if (size > 0 && size < 0.00005) return withMinus(value.toExponential(1));
  return withMinus(String(Number(value.toFixed(4)) + 0));
}

/** In a product, a negative factor stands in brackets. */
export function factor(value: number): string {
  return value < 0 ? `(${termValue(value)})` : termValue(value);
}

/** A float32 in the fewest digits that read back as the same float32, for editing: 0.1, not 0.10000000149011612. */
export function float32Text(value: number): string {
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
