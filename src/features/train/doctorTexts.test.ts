// Every rule of the doctor has its words in every language, and they ask for no figure that it does not give.
import { describe, expect, it } from 'vitest';
import type { Fix } from '@/doctor/finding';
import { diagnosisIds, rules } from '@/doctor/rules';
import { languages, loadTexts } from '@/locales/languages';

const translations = await Promise.all(
  languages.map(async (language) => [language, (await loadTexts(language)).doctor] as const),
);

describe.each(translations)('%s', (_, doctor) => {
  it('names every change that a rule offers', () => {
    const fixes: Readonly<Record<Fix['kind'], string>> = doctor.fix;
    for (const text of Object.values(fixes)) expect(text).toBeTruthy();
  });

  it.each(diagnosisIds)('%s', (id) => {
    const texts: Readonly<Record<string, string>> = doctor[id];
    for (const part of ['title', 'why1', 'why2', 'why3']) expect(texts[part], part).toBeTruthy();
    // One for each context, or for singular and plural.
    const evidence = Object.entries(texts).filter(([part]) => /^evidence(_|$)/.test(part));
    expect(evidence.length).toBeGreaterThan(0);
    const given = new Set(['step', ...Object.keys(rules[id].figures)]);
    for (const [part, text] of evidence)
      for (const [, name = ''] of text.matchAll(/\{\{(\w+)\}\}/g)) expect(given, part).toContain(name);
  });
});
