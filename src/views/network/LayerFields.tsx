/** The parameters of one layer, changed in place. */
import { Checkbox, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { layerFields, type LayerField } from '@/model/layerFields';
import type { LayerSpec } from '@/model/layers';
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

interface NumberFieldProps {
  readonly field: LayerField;
  readonly value: number;
  readonly layerName: string;
  readonly onChange: (value: number) => void;
}

function NumberField({ field, value, layerName, onChange }: NumberFieldProps) {
  const { t } = useTranslation('network');
  const name = useFieldName()(field.key);
  // An emptied input waits for its next digit; the layer keeps its number until then.
  const [typed, setTyped] = useState<number | string>(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    if (Number(typed) !== value) setTyped(value);
  }
  return (
    <NumberInput
      size="xs"
      className={classes['field']}
      data-field={field.key}
      label={name}
      aria-label={t('build.field', { field: name, layer: layerName })}
      hideControls
      min={field.min}
      max={field.max}
      allowDecimal={field.kind === 'number'}
      value={typed}
      onChange={(next) => {
        setTyped(next);
        if (typeof next === 'number' && next !== value) onChange(next);
      }}
      onBlur={() => {
        if (typed === '') setTyped(value);
      }}
    />
  );
}

export interface LayerFieldsProps {
  readonly layer: LayerSpec;
  readonly onChange: (change: Readonly<Record<string, number | boolean>>, key: string) => void;
}

export function LayerFields({ layer, onChange }: LayerFieldsProps) {
  const { t } = useTranslation('network');
  const values: Readonly<Record<string, unknown>> = { ...layer };
  return (
    <div className={classes['fields']}>
      {layerFields[layer.kind].map((field) => (
        <NumberField
          key={field.key}
          field={field}
          value={Number(values[field.key])}
          layerName={layer.name}
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
    </div>
  );
}
