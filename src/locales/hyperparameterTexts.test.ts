import { describe, expect, it } from 'vitest';
import { hyperparameters } from '@/model/hyperparameters';
import { languages, loadTexts } from '@/locales/languages';

interface Texts {
  readonly label?: string;
  readonly hint?: string;
  readonly choices?: Readonly<Record<string, string>>;
}

const translations = await Promise.all(
  languages.map(async (language) => [language, (await loadTexts(language)).hyperparameters] as const),
);

describe.each(translations)('texts of the hyperparameters in %s', (_, texts) => {
  it.each(hyperparameters.map((field) => [field.key, field] as const))('%s', (key, field) => {
    const all: Readonly<Record<string, object>> = texts;
    const text: Texts | undefined = all[key];
    // PyTorch's own names stand where nothing is translated.
    expect(text?.label ?? field.argument).toBeTruthy();
    const described: Texts | undefined = all[field.hintOf ?? key];
    const hint = described?.hint;
    if (text !== undefined || field.hintOf !== null) expect(hint).toBeTruthy();
    // One line: it stands under a control.
    expect(hint?.length ?? 0).toBeLessThanOrEqual(110);
    if (field.kind === 'choice') {
      const named = { ...field.names, ...text?.choices };
      expect(Object.keys(named).toSorted()).toEqual(field.choices.toSorted());
    }
    if ('unit' in field && field.unit !== null) expect(texts.units[field.unit]).toBeTruthy();
  });

  it('has no setting twice', () => {
    const keys = hyperparameters.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
