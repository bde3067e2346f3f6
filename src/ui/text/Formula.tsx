/** Formulas as MathML, which browsers set by themselves and screen readers read. */
import { createElement, type ReactNode } from 'react';
import type { Term } from '@/model/formula';

function element(name: string, ...children: readonly ReactNode[]): ReactNode {
  return createElement(name, null, ...children);
}

function tokenName(text: string): 'mn' | 'mi' | 'mo' {
  if (/^[\d.]+$/.test(text)) return 'mn';
  return /^[\p{L}∂∞]/u.test(text) ? 'mi' : 'mo';
}

/** Functions written without parentheses, which stand apart from what they are taken of. */
const functionNames: ReadonlySet<string> = new Set(['log', 'ln']);

function render(term: Term): ReactNode {
  if (typeof term === 'string') {
    if (functionNames.has(term)) return createElement('mo', { lspace: '0.17em', rspace: '0.17em' }, term);
    return element(tokenName(term), term);
  }
  if (isRow(term)) return element('mrow', ...term.map(render));
  if ('over' in term) return element('mfrac', render(term.over[0]), render(term.over[1]));
  if ('root' in term) return element('msqrt', render(term.root));
  const { base, sub: below, sup: above } = term;
  if (below !== undefined && above !== undefined)
    return element('msubsup', render(base), render(below), render(above));
  if (below !== undefined) return element('msub', render(base), render(below));
  return element('msup', render(base), render(above ?? []));
}

function isRow(term: Exclude<Term, string>): term is readonly Term[] {
  return Array.isArray(term);
}

export function Formula({
  term,
  className,
}: {
  readonly term: Term;
  readonly className?: string | undefined;
}) {
  return createElement('math', { display: 'block', className }, render(term));
}
