import { describe, expect, it } from 'vitest';
import { hyperparameters } from '@/model/hyperparameters';
import { hyperparameters as english } from '@/views/ui/locales/en/hyperparameters';
import { hyperparameters as chinese } from '@/views/ui/locales/zh-CN/hyperparameters';

interface Texts {
  readonly label?: string;
  readonly hint?: string;
  readonly choices?: Readonly<Record<string, string>>;
}

describe.each([
  ['English', english],
  ['Chinese', chinese],
])('%s texts of the hyperparameters', (_, texts) => {
  it.each(hyperparameters.map((field) => [field.key, field] as const))('%s', (key, field) => {
    const text: Texts = texts[key];
    expect(text.label).toBeTruthy();
    // One line: it stands under a control.
    expect(text.hint?.length).toBeLessThanOrEqual(110);
    if (field.kind === 'choice') expect(Object.keys(text.choices ?? {})).toEqual([...field.choices]);
    if ('unit' in field && field.unit !== null) expect(texts.units[field.unit]).toBeTruthy();
  });
});
