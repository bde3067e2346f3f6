/**
 * A number as people type or paste it: 1e-3, a decimal point or comma, grouped thousands, the characters of a Chinese
 * keyboard, minus signs from typeset text, powers of ten, fractions. What can be read in two ways is not guessed.
 */

export type NumberKind = 'integer' | 'number';

/** Why a text is not a number; `readings` are the two numbers that it may mean, written out. */
export type TextProblem =
  | { readonly code: 'empty' }
  | { readonly code: 'not_a_number' }
  | { readonly code: 'ambiguous'; readonly readings: readonly [string, string] };

export type ParsedNumber =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly problem: TextProblem };

/** Spaces that nobody sees, and marks of the writing direction, which come along when text is copied. */
const invisible = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c\u00ad]/gu;
/** Hyphens, dashes and minus signs of typeset text. */
const minuses = /[\u2010-\u2015\u2212\ufe58\ufe63]/gu;
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const raised = /10(?<exponent>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/u;

/** The text in ASCII: full-width characters (U+FF01 to U+FF5E), the Chinese full stop, dashes, spaces of any kind. */
export function plainCharacters(text: string): string {
  return text
    .replace(invisible, '')
    .replace(/[\uff01-\uff5e]/gu, (character) =>
      String.fromCodePoint((character.codePointAt(0) ?? 0) - 0xfee0),
    )
    .replaceAll('。', '.')
    .replace(minuses, '-')
    .replace(/[\u2044\u2215]/gu, '/')
    .replaceAll('’', "'")
    .replace(/\s/gu, ' ')
    .trim();
}

function lowered(exponent: string): string {
  return Array.from(exponent, (character) => {
    if (character === '⁻') return '-';
    return character === '⁺' ? '' : String(superscripts.indexOf(character));
  }).join('');
}

/** 10⁻³, 10^-3, 10**-3, 2 × 10^-3 and 2*10**-3 as 1e-3 and 2e-3. */
function withExponent(text: string): string {
  return text
    .replace(raised, (_match, exponent: string) => `10^${lowered(exponent)}`)
    .replace(/ *[×x*·⋅] *10 ?(?:\^|\*\*) ?(?=[+-]?\d+$)/u, 'e')
    .replace(/^(?<sign>[+-]?)10 ?(?:\^|\*\*) ?(?=[+-]?\d+$)/u, '$<sign>1e');
}

const oneSeparator = /^(?<whole>\d*)(?<separator>[.,])(?<rest>\d*)$/u;
/** 60,000 and 1 234 567,8: threes behind the same separator, then perhaps the other one. */
const grouped = /^[1-9]\d{0,2}(?<group>[.,' _])\d{3}(?:\k<group>\d{3})*(?:(?!\k<group>)[.,]\d*)?$/u;

const wrong: ParsedNumber = { ok: false, problem: { code: 'not_a_number' } };
const read = (text: string): ParsedNumber => ({ ok: true, value: Number(text) });

/** Digits with at most one separator. Whether it groups or begins the decimals, its place says, or it is not guessed. */
function readSeparated(digits: string, exponent: string, kind: NumberKind): ParsedNumber {
  const { whole = '', separator = '', rest = '' } = oneSeparator.exec(digits)?.groups ?? {};
  if (whole === '' && rest === '') return wrong;
  const decimal = `${whole}.${rest}`;
  const isGroup = /^[1-9]\d{0,2}$/u.test(whole) && rest.length === 3;
  // The page itself writes 60,000 in both languages, and no whole number has decimals.
  if (kind === 'integer' && isGroup && separator === ',') return read(`${whole}${rest}${exponent}`);
  const isUnclear = kind === 'integer' ? rest.length >= 3 && whole !== '0' : isGroup && separator === ',';
  if (!isUnclear) return read(`${decimal}${exponent}`);
  return {
    ok: false,
    problem: { code: 'ambiguous', readings: [`${whole}${rest}${exponent}`, `${decimal}${exponent}`] },
  };
}

function readUnsigned(text: string, kind: NumberKind): ParsedNumber {
  const { digits = '', exponent = '' } =
    /^(?<digits>[\d.,' _]+)(?<exponent>[eE][+-]?\d+)?$/u.exec(text)?.groups ?? {};
  if (/^\d+$/u.test(digits)) return read(`${digits}${exponent}`);
  if (oneSeparator.test(digits)) return readSeparated(digits, exponent, kind);
  const group = grouped.exec(digits)?.groups?.['group'];
  if (group === undefined) return wrong;
  return read(`${digits.replaceAll(group, '').replace(',', '.')}${exponent}`);
}

function readSigned(text: string, kind: NumberKind): ParsedNumber {
  const { sign = '', size = '' } = /^(?<sign>[+-]?) ?(?<size>.*)$/u.exec(withExponent(text))?.groups ?? {};
  const parsed = readUnsigned(size, kind);
  if (parsed.ok && sign === '-') return { ok: true, value: -parsed.value };
  return parsed;
}

/**
 * @param kind an integer's separators group its digits; a fraction's comma may begin its decimals
 * @returns any finite number, or an infinite one where the text asks for more than float64 holds
 */
export function parseNumber(text: string, kind: NumberKind): ParsedNumber {
  const plain = plainCharacters(text);
  if (plain === '') return { ok: false, problem: { code: 'empty' } };
  const [numerator = '', denominator, ...more] = plain.split('/');
  const top = readSigned(numerator.trim(), denominator === undefined ? kind : 'number');
  if (denominator === undefined || !top.ok) return top;
  const bottom = readSigned(denominator.trim(), 'number');
  if (!bottom.ok) return bottom;
  return more.length > 0 || bottom.value === 0 ? wrong : { ok: true, value: top.value / bottom.value };
}
