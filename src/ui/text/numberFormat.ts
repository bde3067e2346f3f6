/** Numbers as the reader's language writes them. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

export interface NumberFormat {
  /** 60,000 */
  readonly integer: (value: number) => string;
  /** Three to four significant digits: 2.303, 0.0123, -10.65M, 4.56e-7 */
  readonly loss: (value: number) => string;
  /** A ratio as 92.58 % */
  readonly percent: (ratio: number, digits?: number) => string;
  /** As short as it can be without loss: 0.01, 0.0005 */
  readonly plain: (value: number) => string;
  /** 10k */
  readonly compact: (value: number) => string;
  /** A tick of an axis whose ticks lie `step` apart, null for uneven ones: short at any size, and unlike its neighbours. */
  readonly tick: (value: number, step: number | null) => string;
  readonly bytes: (value: number) => string;
  /** 4.6 s, also above a minute */
  readonly stopwatch: (seconds: number) => string;
  /** 45 s, 3 min 20 s, 2 h 5 min */
  readonly duration: (seconds: number) => string;
}

type Translate = ReturnType<typeof useTranslation<'common'>>['t'];

const formats = new Map<string, Intl.NumberFormat>();

/** Making an Intl.NumberFormat takes longer than using it a hundred times. */
function numberFormat(language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  const known = formats.get(key) ?? new Intl.NumberFormat(language, options);
  formats.set(key, known);
  return known;
}

/** Always so many digits after the point. */
function fixed(digits: number, options: Intl.NumberFormatOptions = {}): Intl.NumberFormatOptions {
  return { ...options, minimumFractionDigits: digits, maximumFractionDigits: digits };
}

/** What stands for a number that is none, in every language; null for one that is. */
export function nonFiniteText(value: number): string | null {
  if (Number.isFinite(value)) return null;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '∞' : '-∞';
}

/** From here on a power of ten is shorter than the letters of compact notation, and says more. */
const exponentialFrom = 1e15;
/** Below it zeros would take the room of digits. */
const exponentialBelow = 1e-3;

const needsExponent = (magnitude: number): boolean =>
  magnitude >= exponentialFrom || (magnitude < exponentialBelow && magnitude > 0);

/** 1.23e-7, 2e20: so many significant digits at most. */
function exponential(value: number, digits: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e');
  return `${Number(mantissa)}e${exponent.replace('+', '')}`;
}

function formatLoss(language: string, value: number): string {
  const magnitude = Math.abs(value);
  if (needsExponent(magnitude)) return exponential(value, 3);
  if (magnitude >= 10_000) {
    return numberFormat(language, { notation: 'compact', maximumFractionDigits: 2 }).format(value);
  }
  const digits = magnitude >= 100 ? 1 : magnitude >= 10 ? 2 : magnitude >= 0.1 || magnitude === 0 ? 3 : 4;
  return numberFormat(language, fixed(digits)).format(value);
}

/** Digits that tell apart ticks at a distance of `step`; three where they do not lie evenly. */
function tickDigits(magnitude: number, step: number | null): number {
  if (step === null || step <= 0) return 3;
  const digits = Math.floor(Math.log10(magnitude) + 1e-9) - Math.floor(Math.log10(step) + 1e-9) + 1;
  return Math.min(10, Math.max(1, digits));
}

/** 1000 and 10000 read the same on an axis in both languages only with k. */
function compactText(value: number, digits: number): string {
  const options = { notation: 'compact', maximumSignificantDigits: digits } as const;
  return numberFormat('en', options).format(value).replace('K', 'k');
}

function formatTick(language: string, value: number, step: number | null): string {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return '0';
  const digits = tickDigits(magnitude, step);
  if (needsExponent(magnitude)) return exponential(value, digits);
  if (magnitude >= 10_000) return compactText(value, digits);
  return numberFormat(language, { maximumSignificantDigits: digits }).format(value);
}

const byteUnits = [
  { limit: 1e3, size: 1, key: 'bytes' },
  { limit: 1e6, size: 1e3, key: 'kilobytes' },
  { limit: 1e9, size: 1e6, key: 'megabytes' },
  { limit: Infinity, size: 1e9, key: 'gigabytes' },
] as const;

function formatBytes(language: string, t: Translate, value: number): string {
  const unit = byteUnits.find(({ limit }) => value < limit) ?? byteUnits[3];
  const scaled = value / unit.size;
  const digits = unit.size === 1 || scaled >= 100 ? 0 : 1;
  return t(`units.${unit.key}`, { value: numberFormat(language, fixed(digits)).format(scaled) });
}

function formatDuration(t: Translate, seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return t('units.seconds', { seconds: String(whole) });
  if (whole < 3600) {
    return t('units.minutes', { minutes: String(Math.floor(whole / 60)), seconds: String(whole % 60) });
  }
  const minutes = Math.round(whole / 60);
  return t('units.hours', { hours: String(Math.floor(minutes / 60)), minutes: String(minutes % 60) });
}

export function createNumberFormat(language: string, t: Translate): NumberFormat {
  const integer = numberFormat(language, { maximumFractionDigits: 0 });
  const plain = numberFormat(language, { maximumSignificantDigits: 6 });
  return {
    integer: (value) => nonFiniteText(value) ?? integer.format(value),
    loss: (value) => nonFiniteText(value) ?? formatLoss(language, value),
    percent: (ratio, digits = 2) =>
      nonFiniteText(ratio) ?? numberFormat(language, fixed(digits, { style: 'percent' })).format(ratio),
    plain: (value) => nonFiniteText(value) ?? plain.format(value),
    compact: (value) => nonFiniteText(value) ?? compactText(value, 3),
    tick: (value, step) => nonFiniteText(value) ?? formatTick(language, value, step),
    bytes: (value) => nonFiniteText(value) ?? formatBytes(language, t, value),
    stopwatch: (seconds) =>
      nonFiniteText(seconds) ??
      t('units.seconds', { seconds: numberFormat(language, fixed(1)).format(seconds) }),
    duration: (seconds) => nonFiniteText(seconds) ?? formatDuration(t, seconds),
  };
}

/** 0.0012, 1.3e-7, 3.4e+12. */
export function anySize(value: number, format: NumberFormat): string {
  const size = Math.abs(value);
  // A figure that was not measured is NaN.
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return format.loss(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(1);
  return format.plain(Number(value.toPrecision(3)));
}

export function useNumberFormat(): NumberFormat {
  const { t, i18n } = useTranslation('common');
  return useMemo(() => createNumberFormat(i18n.language, t), [i18n.language, t]);
}
