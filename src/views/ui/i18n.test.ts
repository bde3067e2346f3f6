import { describe, expect, it } from 'vitest';
import { chooseLanguage } from '@/views/ui/languages';
import { resources } from '@/views/ui/resources';

type Texts = { readonly [key: string]: string | Texts };

function flatten(texts: Texts, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') found.set(prefix + key, value);
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) found.set(inner, text);
  }
  return found;
}

const variablesOf = (text: string): string[] =>
  [...text.matchAll(/\{\{\s*([\w.]+)/g)].map((match) => match[1] ?? '').sort();

const english = flatten(resources.en);
const chinese = flatten(resources['zh-CN']);

describe('texts', () => {
  it('has the same keys in both languages', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('has the same interpolation variables in both languages', () => {
    const differing = [...english].filter(
      ([key, text]) => variablesOf(text).join() !== variablesOf(chinese.get(key) ?? '').join(),
    );
    expect(differing).toEqual([]);
  });

  it('leaves no text empty and writes Chinese in Chinese', () => {
    for (const text of [...english.values(), ...chinese.values()]) expect(text.trim()).not.toBe('');
    // Names stay as they are: a sentence of more than three English words in a row is an untranslated text.
    const untranslated = [...chinese].filter(
      ([, text]) => /\p{Script=Latin}+( \p{Script=Latin}+){3,}/u.test(text) && !/\p{Script=Han}/u.test(text),
    );
    expect(untranslated).toEqual([]);
  });
});

describe('chooseLanguage', () => {
  it('takes the saved choice before the browser', () => {
    expect(chooseLanguage('zh-CN', ['en-GB'])).toBe('zh-CN');
  });
  it('takes the first known language of the browser', () => {
    expect(chooseLanguage(null, ['fr-FR', 'zh-TW', 'en'])).toBe('zh-CN');
    expect(chooseLanguage(null, ['en-US', 'zh'])).toBe('en');
  });
  it('falls back to English, also on a saved value that is not ours', () => {
    expect(chooseLanguage('klingon', ['fr'])).toBe('en');
    expect(chooseLanguage(null, [])).toBe('en');
  });
});
