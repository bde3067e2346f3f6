/** Formulas as data; ui/text/Formula.tsx sets them. */

/** A number, a name (one letter is italic), an operator, or something made of them. */
export type Term =
  | string
  | readonly Term[]
  | { readonly over: readonly [Term, Term] }
  | { readonly base: Term; readonly sub?: Term; readonly sup?: Term }
  | { readonly root: Term };

export const over = (top: Term, bottom: Term): Term => ({ over: [top, bottom] });
export const sub = (base: Term, index: Term): Term => ({ base, sub: index });
export const sup = (base: Term, exponent: Term): Term => ({ base, sup: exponent });
export const subSup = (base: Term, index: Term, exponent: Term): Term => ({
  base,
  sub: index,
  sup: exponent,
});
export const root = (inside: Term): Term => ({ root: inside });
