import { createInstance } from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { createNumberFormat, type NumberFormat } from '@/views/ui/numberFormat';
import { resources } from '@/views/ui/resources';

const i18n = createInstance();
let format: NumberFormat;
let chinese: NumberFormat;
beforeAll(async () => {
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
