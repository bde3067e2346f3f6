import { beforeAll, describe, expect, it } from 'vitest';
import { chooseLanguage, languages, loadTexts } from '@/locales/languages';
import { texts } from '@/locales/en';

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

const english = flatten(texts);
const others = languages.filter((language) => language !== 'en');

describe.each(others)('texts in %s', (language) => {
  let translated: ReadonlyMap<string, string>;
  beforeAll(async () => {
    translated = flatten(await loadTexts(language));
  });

  it('has the keys of English', () => {
    expect([...translated.keys()].toSorted()).toEqual([...english.keys()].toSorted());
  });

  it('has the interpolation variables of English', () => {
    const differing = [...english].filter(
      ([key, text]) => variablesOf(text).join() !== variablesOf(translated.get(key) ?? '').join(),
    );
    expect(differing).toEqual([]);
  });

  it('leaves no text empty', () => {
    expect([...translated].filter(([, text]) => text.trim() === '')).toEqual([]);
  });
});

it('leaves no English text empty', () => {
  expect([...english].filter(([, text]) => text.trim() === '')).toEqual([]);
});

it('writes Chinese in Chinese', async () => {
  // Names stay as they are: a sentence of more than three English words in a row is an untranslated text.
  const untranslated = [...flatten(await loadTexts('zh-CN'))].filter(
    ([, text]) => /\p{Script=Latin}+( \p{Script=Latin}+){3,}/u.test(text) && !/\p{Script=Han}/u.test(text),
  );
  expect(untranslated).toEqual([]);
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
