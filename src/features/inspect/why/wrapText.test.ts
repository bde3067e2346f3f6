import { expect, test } from 'vitest';
import { wrapText } from '@/features/inspect/why/wrapText';

const measure = (text: string): number => text.length;

test('breaks between words, and Chinese behind any sign but before no mark', () => {
  expect(wrapText('Logit per brightness. Blue: more', 12, measure)).toEqual([
    'Logit per',
    'brightness.',
    'Blue: more',
  ]);
  expect(wrapText('每单位亮度的 logit。蓝色：变亮', 8, measure)).toEqual([
    '每单位亮度的',
    'logit。蓝',
    '色：变亮',
  ]);
  expect(wrapText('unbreakable', 4, measure)).toEqual(['unbreakable']);
  expect(wrapText('', 4, measure)).toEqual([]);
});
