/** i18next with our texts; `t` knows every key and every interpolation variable by type. */
import { createInstance } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { chooseLanguage, loadTexts, type Language } from '@/locales/languages';
import { texts, type EnglishTexts } from '@/locales/en';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: EnglishTexts;
  }
}

const i18n = createInstance();

const storageKey = 'digit-lab-language';

// Storage can be forbidden (private windows, blocked cookies): then the choice lasts as long as the page.
function savedLanguage(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function saveLanguage(language: Language): void {
  try {
    localStorage.setItem(storageKey, language);
  } catch {
    // See above.
  }
}

/** Seconds that the first picture waits for a language's texts; it is English until they come. */
const patience = 5;

async function use(language: Language): Promise<void> {
  for (const [namespace, texts] of Object.entries(await loadTexts(language)))
    i18n.addResourceBundle(language, namespace, texts);
  await i18n.changeLanguage(language);
}

/** Called once, before the first render. English where the reader's language does not come. */
export async function startI18n(): Promise<void> {
  i18n.on('languageChanged', (language) => {
    document.documentElement.lang = language;
  });
  await i18n.use(initReactI18next).init({
    resources: { en: texts },
    lng: 'en',
    fallbackLng: 'en',
    defaultNS: 'common',
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  const inUse = use(chooseLanguage(savedLanguage(), navigator.languages)).catch(() => undefined);
  await Promise.race([inUse, new Promise((resolve) => setTimeout(resolve, patience * 1000))]);
}

/** Shows the page in this language, also on the next visit. False where its texts did not come: the language stays. */
export async function changeLanguage(language: Language): Promise<boolean> {
  try {
    await use(language);
  } catch {
    return false;
  }
  saveLanguage(language);
  return true;
}
