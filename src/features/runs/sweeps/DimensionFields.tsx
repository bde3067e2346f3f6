/** The values that one setting takes in a sweep. */
import { ActionIcon, Checkbox, SegmentedControl, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DimensionDraft } from '@/features/runs/sweeps/sweepDraft';
import type { ChoiceHyperparameter, Hyperparameter } from '@/model/hyperparameter';
import { hyperparameter } from '@/model/hyperparameters';
import type { NumberRange } from '@/model/numberRange';
import { choicesOf, gridValues, mostValues } from '@/model/sweep/sweep';
import { NumberField } from '@/ui/form/NumberField';
import { Icon } from '@/ui/icons/icons';
import { useChoiceText, useFieldTexts } from '@/ui/text/useFieldTexts';
import { useSettingText } from '@/ui/text/useSettingText';
import classes from '@/features/runs/sweeps/sweeps.module.css';

export interface DimensionFieldsProps {
  readonly draft: DimensionDraft;
  /** A grid asks how many values, too. */
  readonly isGrid: boolean;
  readonly onChange: (draft: DimensionDraft) => void;
  readonly onRemove: () => void;
}

type FieldProps = Pick<DimensionFieldsProps, 'draft' | 'onChange'>;

const countRange: NumberRange = { kind: 'integer', min: 2, max: mostValues, step: 1, scale: 'linear' };

function Choices({ draft, onChange, field }: FieldProps & { readonly field: ChoiceHyperparameter }) {
  const choiceText = useChoiceText();
  const choices = (choicesOf(field) ?? []).map(String);
  return (
    <Checkbox.Group
      aria-label={field.key}
      value={draft.chosen.map(String)}
      onChange={(chosen) =>
        onChange({ ...draft, chosen: choices.filter((choice) => chosen.includes(choice)) })
      }
    >
      <div className={classes['choices']}>
        {choices.map((choice) => (
          <Checkbox key={choice} size="xs" value={choice} label={choiceText(field, choice)} />
        ))}
      </div>
    </Checkbox.Group>
  );
}

/** The values that a range comes to; nothing where it is none. */
function Shown({ draft, field }: Pick<FieldProps, 'draft'> & { readonly field: Hyperparameter }) {
  const { t } = useTranslation('sweeps');
  const settingText = useSettingText();
  const { key, low, high, scale, count } = draft;
  if (low >= high || (scale === 'log' && low <= 0) || count > 12) return null;
  const values = gridValues({ kind: 'range', key, low, high, scale, count });
  return (
    <p className={classes['detail']}>
      {t('form.shown', { values: values.map((value) => settingText(field, value)).join(', ') })}
    </p>
  );
}

function Range({
  draft,
  onChange,
  field,
  isGrid,
  name,
}: FieldProps & {
  readonly field: Hyperparameter & NumberRange;
  readonly isGrid: boolean;
  readonly name: string;
}) {
  const { t } = useTranslation('sweeps');
  return (
    <>
      <div className={classes['fields']}>
        <NumberField
          size="xs"
          label={t('form.low')}
          name={`${name}, ${t('form.low')}`}
          range={field}
          value={draft.low}
          onChange={(low) => onChange({ ...draft, low })}
        />
        <NumberField
          size="xs"
          label={t('form.high')}
          name={`${name}, ${t('form.high')}`}
          range={field}
          value={draft.high}
          onChange={(high) => onChange({ ...draft, high })}
        />
        {isGrid && (
          <NumberField
            size="xs"
            label={t('form.count')}
            name={`${name}, ${t('form.count')}`}
            range={countRange}
            value={draft.count}
            onChange={(count) => onChange({ ...draft, count })}
          />
        )}
        <SegmentedControl
          size="xs"
          aria-label={t('form.scale', { name })}
          data={(['linear', 'log'] as const).map((value) => ({ value, label: t(`form.${value}`) }))}
          value={draft.scale}
          onChange={(scale) => onChange({ ...draft, scale })}
        />
      </div>
      {isGrid && <Shown draft={draft} field={field} />}
    </>
  );
}

function Numbers({ draft, onChange, field, isGrid, name }: Parameters<typeof Range>[0]) {
  const { t } = useTranslation('sweeps');
  return (
    <>
      <SegmentedControl
        size="xs"
        className={classes['kind']}
        aria-label={t('form.how', { name })}
        data={(['range', 'list'] as const).map((value) => ({ value, label: t(`form.${value}`) }))}
        value={draft.kind}
        onChange={(kind) => onChange({ ...draft, kind })}
      />
      {draft.kind === 'range' ? (
        <Range {...{ draft, onChange, field, isGrid, name }} />
      ) : (
        <TextInput
          size="xs"
          label={t('form.values')}
          description={t('form.valuesHint')}
          value={draft.text}
          onChange={({ currentTarget }) => onChange({ ...draft, text: currentTarget.value })}
        />
      )}
    </>
  );
}

export function DimensionFields({ draft, isGrid, onChange, onRemove }: DimensionFieldsProps) {
  const { t } = useTranslation('sweeps');
  const fieldTexts = useFieldTexts();
  const field = hyperparameter(draft.key);
  const { label: name } = fieldTexts(field);
  const content = (): ReactNode => {
    if (field.kind === 'choice') return <Choices {...{ draft, onChange, field }} />;
    if (field.kind === 'boolean') return <p className={classes['detail']}>{t('form.both')}</p>;
    return <Numbers {...{ draft, onChange, field, isGrid, name }} />;
  };
  return (
    <fieldset className={classes['dimension']} data-testid={`dimension-${draft.key}`}>
      <legend>
        {name}
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={t('form.remove', { name })}
          onClick={onRemove}
        >
          <Icon name="trash" size={14} />
        </ActionIcon>
      </legend>
      {content()}
    </fieldset>
  );
}
