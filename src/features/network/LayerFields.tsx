/** The parameters of one layer, changed in place. */
import { Checkbox } from '@mantine/core';
import { Fragment, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WeightInit } from '@/model/initialisations';
import { definitionOf, layerDefinitions, type FieldKey, type LayerSpec } from '@/model/layers';
import type { LayerField } from '@/model/layers/definition';
import { InitFields } from '@/features/network/InitFields';
import { NumberField } from '@/ui/form/NumberField';
import classes from '@/features/network/build.module.css';

const isFieldKey = (key: string): key is FieldKey =>
  Object.values(layerDefinitions).some(
    ({ fields, switches }) =>
      fields.some((field) => field.key === key) || switches.some((name) => name === key),
  );

/** A field's name as the page shows it. */
export function useFieldName(): (key: string) => string {
  const { t } = useTranslation('network');
  return (key) => (isFieldKey(key) ? t(`fields.${key}`) : key);
}

const mostDigits = ({ min, max }: LayerField): number => Math.max(String(min).length, String(max).length);

const isWord = ({ key, word }: LayerField, values: Readonly<Record<string, unknown>>): boolean =>
  word !== undefined && values[key] === word;

interface LayerFieldProps {
  readonly field: LayerField;
  readonly layer: LayerSpec;
  readonly value: number;
  readonly onMessage: (key: string, text: string | null) => void;
  readonly onChange: (value: number) => void;
  readonly disabled: boolean;
}

function LayerNumber({ field, layer, value, onMessage, onChange, disabled }: LayerFieldProps) {
  const { t } = useTranslation('network');
  const { key } = field;
  const label = useFieldName()(key);
  const show = useCallback((text: string | null) => onMessage(key, text), [onMessage, key]);
  return (
    <NumberField
      size="xs"
      className={classes[mostDigits(field) > 4 ? 'wide' : 'field']}
      label={label}
      name={t('build.field', { field: label, layer: layer.name })}
      testId={`layer-field-${key}`}
      range={field}
      value={value}
      disabled={disabled}
      onMessage={show}
      onChange={onChange}
    />
  );
}

export interface LayerFieldsProps {
  readonly layer: LayerSpec;
  readonly onChange: (
    change: Readonly<Record<string, number | boolean | string | WeightInit>>,
    key: string,
  ) => void;
}

export function LayerFields({ layer, onChange }: LayerFieldsProps) {
  const { t } = useTranslation('network');
  const fieldName = useFieldName();
  const [messages, setMessages] = useState<Readonly<Record<string, string | null>>>({});
  const [onMessage] = useState(() => (key: string, text: string | null): void => {
    setMessages((before) => ((before[key] ?? null) === text ? before : { ...before, [key]: text }));
  });
  const { fields, switches } = definitionOf(layer);
  const values: Readonly<Record<string, unknown>> = { ...layer };
  return (
    <div className={classes['fields']}>
      {fields.map((field) => (
        <Fragment key={field.key}>
          <LayerNumber
            field={field}
            layer={layer}
            value={isWord(field, values) ? field.min : Number(values[field.key] ?? field.usual)}
            disabled={isWord(field, values)}
            onMessage={onMessage}
            onChange={(value) => onChange({ [field.key]: value }, field.key)}
          />
          {field.word !== undefined && (
            <Checkbox
              size="xs"
              className={classes['switch']}
              label={t(`build.${field.word}`, { field: fieldName(field.key) })}
              aria-label={t('build.sameOf', { field: fieldName(field.key), layer: layer.name })}
              checked={isWord(field, values)}
              onChange={(event) =>
                onChange(
                  { [field.key]: event.currentTarget.checked ? (field.word ?? '') : field.min },
                  field.key,
                )
              }
            />
          )}
        </Fragment>
      ))}
      {switches.map((key) => (
        <Checkbox
          key={key}
          size="xs"
          className={classes['switch']}
          label={fieldName(key)}
          aria-label={t('build.field', { field: fieldName(key), layer: layer.name })}
          checked={values[key] === true}
          onChange={(event) => onChange({ [key]: event.currentTarget.checked }, key)}
        />
      ))}
      {'init' in layer && (
        <InitFields
          layer={layer.name}
          init={layer.init}
          onChange={(init, key) => onChange({ init }, key)}
          onMessage={onMessage}
        />
      )}
      {/* The fields are too narrow for a sentence. */}
      {Object.entries(messages).map(([key, text]) => {
        return (
          text !== null && (
            <p key={key} className={classes['fieldMessage']}>
              {t('build.fieldProblem', { field: fieldName(key), problem: text })}
            </p>
          )
        );
      })}
    </div>
  );
}
