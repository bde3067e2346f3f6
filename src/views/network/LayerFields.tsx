/** The parameters of one layer, changed in place. */
import { Checkbox } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type LayerField, layerFields } from '@/model/layerFields';
import type { LayerSpec } from '@/model/layers';
import { NumberField } from '@/views/ui/NumberField';
import classes from '@/views/network/build.module.css';

export const fieldKeys = [
  'inChannels',
  'outChannels',
  'kernelSize',
  'stride',
  'padding',
  'inFeatures',
  'outFeatures',
  'numFeatures',
  'eps',
  'momentum',
  'outputSize',
  'p',
] as const;

/** A field's name as the page shows it. */
export function useFieldName(): (key: string) => string {
  const { t } = useTranslation('network');
  return (key) => {
    const known = fieldKeys.find((item) => item === key);
    return known === undefined ? key : t(`fields.${known}`);
  };
}

const mostDigits = ({ min, max }: LayerField): number => Math.max(String(min).length, String(max).length);

interface LayerFieldProps {
  readonly field: LayerField;
  readonly layer: LayerSpec;
  readonly value: number;
  readonly onMessage: (key: string, text: string | null) => void;
  readonly onChange: (value: number) => void;
}

function LayerNumber({ field, layer, value, onMessage, onChange }: LayerFieldProps) {
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
      onMessage={show}
      onChange={onChange}
    />
  );
}

export interface LayerFieldsProps {
  readonly layer: LayerSpec;
  readonly onChange: (change: Readonly<Record<string, number | boolean>>, key: string) => void;
}

export function LayerFields({ layer, onChange }: LayerFieldsProps) {
  const { t } = useTranslation('network');
  const fieldName = useFieldName();
  const [messages, setMessages] = useState<Readonly<Record<string, string | null>>>({});
  const [onMessage] = useState(() => (key: string, text: string | null): void => {
    setMessages((before) => ((before[key] ?? null) === text ? before : { ...before, [key]: text }));
  });
  const values: Readonly<Record<string, unknown>> = { ...layer };
  return (
    <div className={classes['fields']}>
      {layerFields[layer.kind].map((field) => (
        <LayerNumber
          key={field.key}
          field={field}
          layer={layer}
          value={Number(values[field.key])}
          onMessage={onMessage}
          onChange={(value) => onChange({ [field.key]: value }, field.key)}
        />
      ))}
      {(layer.kind === 'Conv2d' || layer.kind === 'Linear') && (
        <Checkbox
          size="xs"
          className={classes['bias']}
          label={t('fields.bias')}
          aria-label={t('build.field', { field: t('fields.bias'), layer: layer.name })}
          checked={layer.bias}
          onChange={(event) => onChange({ bias: event.currentTarget.checked }, 'bias')}
        />
      )}
      {/* The fields are too narrow for a sentence. */}
      {layerFields[layer.kind].map(({ key }) => {
        const text = messages[key] ?? null;
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
