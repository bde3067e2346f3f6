/** What a hyperparameter is called: by the locales, or by PyTorch's own name of it, which needs no translation. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChoiceHyperparameter, Hyperparameter } from '@/model/hyperparameter';
import { hyperparameters as texts } from '@/locales/en/hyperparameters';

type Key = keyof typeof texts;
type Described = { [K in Key]: (typeof texts)[K] extends { label: string; hint: string } ? K : never }[Key];

const isDescribed = (key: string): key is Described => Object.hasOwn(texts, key);

/** Label and hint of a hyperparameter; a hint may be empty. That what is named nowhere else is named here is tested. */
export function useFieldTexts(): (field: Hyperparameter) => {
  readonly label: string;
  readonly hint: string;
} {
  const { t } = useTranslation('hyperparameters');
  return useCallback(
    ({ key, argument, hintOf }) => {
      const hinted = hintOf ?? key;
      return {
        label: isDescribed(key) ? t(`${key}.label`) : (argument ?? key),
        hint: isDescribed(hinted) ? t(`${hinted}.hint`) : '',
      };
    },
    [t],
  );
}

/** What a choice is called: by the locales, or by PyTorch's name; that one is there is tested (locales/hyperparameterTexts.test.ts). */
export function useChoiceText(): (field: ChoiceHyperparameter, value: string) => string {
  const { t } = useTranslation('hyperparameters');
  return useCallback(
    ({ key, names }, value) =>
      t(`${key}.choices.${value}` as 'schedule.choices.step', { defaultValue: names[value] ?? value }),
    [t],
  );
}
