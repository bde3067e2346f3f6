import { createInstance } from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { createNumberFormat, type NumberFormat } from '@/ui/text/numberFormat';
import { loadTexts } from '@/locales/languages';
import { texts } from '@/locales/en';

const i18n = createInstance();
let format: NumberFormat;
let chinese: NumberFormat;
beforeAll(async () => {
  const resources = { en: texts, 'zh-CN': await loadTexts('zh-CN') };
  await i18n.init({ resources, lng: 'en', interpolation: { escapeValue: false } });
  format = createNumberFormat('en', i18n.getFixedT('en', 'common'));
  chinese = createNumberFormat('zh-CN', i18n.getFixedT('zh-CN', 'common'));
});

describe('number format', () => {
  it('keeps significant digits of a loss at any size', () => {
    expect(format.loss(Math.LN10)).toBe('2.303');
    expect(format.loss(0.012345)).toBe('0.0123');
    expect(format.loss(-15.72)).toBe('-15.72');
    expect(format.loss(-10_650_395)).toBe('-10.65M');
    expect(format.loss(Number.NaN)).toBe('NaN');
  });
  it('writes durations in the units one would say', () => {
    expect(format.duration(7.4)).toBe('7 s');
    expect(format.duration(200)).toBe('3 min 20 s');
    expect(format.duration(7500)).toBe('2 h 5 min');
    expect(chinese.duration(200)).toBe('3 分 20 秒');
  });
  it('writes sizes in decimal units', () => {
    expect(format.bytes(784)).toBe('784 B');
    expect(format.bytes(14_300_000)).toBe('14.3 MB');
    expect(format.bytes(537_201_448)).toBe('537 MB');
  });
  it('writes ratios as percent', () => {
    expect(format.percent(0.9258)).toBe('92.58%');
    expect(format.percent(0.9258, 1)).toBe('92.6%');
  });
});

describe('numbers that are none', () => {
  it('are written the same by every format', () => {
    const { integer, loss, percent, plain, compact, bytes, duration } = format;
    for (const write of [integer, loss, percent, plain, compact, bytes, duration]) {
      expect([Number.NaN, Infinity, -Infinity].map((value) => write(value))).toEqual(['NaN', '∞', '-∞']);
    }
    expect([Number.NaN, Infinity].map((value) => format.tick(value, 1))).toEqual(['NaN', '∞']);
  });
});

describe('a tick of an axis', () => {
  const ticks = (values: readonly number[], step: number | null): string[] =>
    values.map((value) => format.tick(value, step));

  it('has as many digits as tell it from its neighbours', () => {
    expect(ticks([98, 98.5, 99], 0.5)).toEqual(['98', '98.5', '99']);
    expect(ticks([2.4024, 2.4026], 0.0002)).toEqual(['2.4024', '2.4026']);
    expect(ticks([0, 0.02, -0.04], 0.02)).toEqual(['0', '0.02', '-0.04']);
    expect(ticks([1_000_000, 1_000_010], 10)).toEqual(['1M', '1.00001M']);
  });

  it('is short at any size', () => {
    expect(ticks([5e-7, 1e-6, 2e-6], null)).toEqual(['5e-7', '1e-6', '2e-6']);
    expect(ticks([-2e20, -1e20, 0], 1e20)).toEqual(['-2e20', '-1e20', '0']);
    expect(ticks([20_000, 40_000], 20_000)).toEqual(['20k', '40k']);
    for (let power = -45; power <= 38; power += 1) {
      const value = -1.5 * 10 ** power;
      expect(format.tick(value, 10 ** power / 2).length, String(value)).toBeLessThanOrEqual(8);
      expect(format.loss(value).length, String(value)).toBeLessThanOrEqual(9);
    }
  });
});
