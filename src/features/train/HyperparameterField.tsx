/** The control of one hyperparameter, whatever its kind; hovering or focusing it explains it. */
import { Select, Switch, Tooltip } from '@mantine/core';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import {
  rangeOf,
  type ChoiceHyperparameter,
  type Hyperparameter,
  type HyperparameterValue,
} from '@/model/hyperparameter';
import type { RunConfig } from '@/model/runConfig';
import { isUnderWay } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import { markField, useSettingsCount } from '@/features/train/typedFields';
import { useChoiceText, useFieldTexts } from '@/ui/text/useFieldTexts';
import { NumberField } from '@/ui/form/NumberField';

function useChoiceData(field: ChoiceHyperparameter): { value: string; label: string }[] {
  const choiceText = useChoiceText();
  return field.choices.map((value) => ({ value, label: choiceText(field, value) }));
}

function change(draft: RunConfig, field: Hyperparameter, value: HyperparameterValue): void {
  if (field.key === 'learningRate' && typeof value === 'number') {
    session.actions.setLearningRate(value);
    return;
  }
  if (field.kind === 'boolean' && typeof value === 'boolean') {
    session.actions.updateDraft(field.write(draft, value));
  } else if (field.kind === 'choice' && typeof value === 'string') {
    session.actions.updateDraft(field.write(draft, value));
  } else if ((field.kind === 'number' || field.kind === 'integer') && typeof value === 'number') {
    session.actions.updateDraft(field.write(draft, value));
  }
}

interface ChoiceFieldProps {
  readonly field: ChoiceHyperparameter;
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function ChoiceField({ field, label, hint, value, onChange }: ChoiceFieldProps) {
  const data = useChoiceData(field);
  return (
    <Select
      size="sm"
      label={label}
      aria-description={hint}
      data={data.filter((item) => item.value !== 'custom' || value === 'custom')}
      value={value}
      allowDeselect={false}
      data-testid={`field-${field.key}`}
      onChange={(next) => next !== null && onChange(next)}
    />
  );
}

export interface HyperparameterFieldProps {
  readonly field: Hyperparameter;
  readonly problem: string | null;
}

export function HyperparameterField({ field, problem }: HyperparameterFieldProps) {
  const { t } = useTranslation('hyperparameters');
  const fieldTexts = useFieldTexts();
  const draft = useSession((state) => state.draft);
  const isLive = useSession((state) => field.inFlight && isUnderWay(state));
  const subject = useSettingsCount();
  const { key } = field;
  const onInvalid = useCallback((isInvalid: boolean) => markField(key, isInvalid), [key]);
  const value = field.read(draft);
  if (value === undefined) return null;
  const { label, hint } = fieldTexts(field);
  const onChange = (next: HyperparameterValue): void => change(draft, field, next);
  return (
    <Tooltip
      label={hint}
      events={{ hover: true, focus: true, touch: false }}
      position="right"
      // On a phone there is room on neither side.
      middlewares={{ flip: { fallbackPlacements: ['left', 'bottom', 'top'] } }}
      openDelay={500}
      disabled={hint === ''}
    >
      <div>
        {(field.kind === 'number' || field.kind === 'integer') && typeof value === 'number' && (
          <NumberField
            range={rangeOf(field, draft)}
            label={label}
            hint={hint}
            {...(field.unit === null ? {} : { unit: t(`units.${field.unit}`) })}
            value={value}
            subject={subject}
            problem={problem}
            isLive={isLive}
            testId={`field-${key}`}
            onInvalid={onInvalid}
            onChange={onChange}
          />
        )}
        {field.kind === 'choice' && typeof value === 'string' && (
          <ChoiceField field={field} label={label} hint={hint} value={value} onChange={onChange} />
        )}
        {field.kind === 'boolean' && typeof value === 'boolean' && (
          <Switch
            size="sm"
            label={label}
            aria-description={hint}
            checked={value}
            error={problem}
            data-testid={`field-${field.key}`}
            onChange={(event) => onChange(event.currentTarget.checked)}
          />
        )}
      </div>
    </Tooltip>
  );
}
