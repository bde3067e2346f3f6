/** The languages of the page, and which one a visitor gets first. */
export const languages = ['en', 'zh-CN'] as const;
export type Language = (typeof languages)[number];

/** Each in its own language, as a switch must show them. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', 'zh-CN': '简体中文' };

/** The saved choice, else the first of the browser's languages that we have, else English. */
export function chooseLanguage(saved: string | null, preferred: readonly string[]): Language {
  const known = languages.find((language) => language === saved);
  if (known !== undefined) return known;
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split('-')[0];
    if (primary === 'zh') return 'zh-CN';
    if (primary === 'en') return 'en';
  }
  return 'en';
}
