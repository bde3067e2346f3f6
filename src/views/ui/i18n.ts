/** i18next with our texts; `t` knows every key and every interpolation variable by type. */
import { createInstance } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { chooseLanguage, type Language } from '@/views/ui/languages';
import { type EnglishResources, resources } from '@/views/ui/resources';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: EnglishResources;
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

/** Called once, before the first render. */
export async function startI18n(): Promise<void> {
  i18n.on('languageChanged', (language) => {
    document.documentElement.lang = language;
  });
  await i18n.use(initReactI18next).init({
    resources,
    lng: chooseLanguage(savedLanguage(), navigator.languages),
    fallbackLng: 'en',
    defaultNS: 'common',
    interpolation: { escapeValue: false },
    returnNull: false,
  });
}

export function changeLanguage(language: Language): void {
  saveLanguage(language);
  void i18n.changeLanguage(language);
}
