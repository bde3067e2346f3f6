/**
 * The languages of the page, and which one a visitor gets first. A new one is a folder of locales/ with English's namespaces (the type
 * check names what it lacks) and a line here; its texts are loaded when it is chosen.
 */
import { keysOf } from '@/model/kindFields';
import { texts, type EnglishTexts } from '@/locales/en';
import type { Translation } from '@/locales/shape';

export type Texts = Translation<EnglishTexts>;

interface LanguageEntry {
  /** In the language itself, as a switch must show it. */
  readonly name: string;
  /** @throws Error where the file does not come */
  readonly load: () => Promise<{ readonly texts: Texts }>;
}

/** By BCP 47 tag, in the order of the menu. */
const table = {
  en: { name: 'English', load: () => Promise.resolve({ texts }) },
  'zh-CN': { name: '简体中文', load: () => import('@/locales/zh-CN') },
} as const satisfies Readonly<Record<string, LanguageEntry>>;

export type Language = keyof typeof table;

export const languages = keysOf(table);

export function languageName(language: Language): string {
  return table[language].name;
}

/** @throws Error where its file does not come */
export async function loadTexts(language: Language): Promise<Texts> {
  return (await table[language].load()).texts;
}

const primary = (tag: string): string | undefined => tag.toLowerCase().split('-')[0];

/** The saved choice, else the first of the browser's languages that we have in some form, else English. */
export function chooseLanguage(saved: string | null, preferred: readonly string[]): Language {
  const known = languages.find((language) => language === saved);
  if (known !== undefined) return known;
  for (const tag of preferred) {
    const exact = languages.find((language) => language.toLowerCase() === tag.toLowerCase());
    const found = exact ?? languages.find((language) => primary(language) === primary(tag));
    if (found !== undefined) return found;
  }
  return 'en';
}
