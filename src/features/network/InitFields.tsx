/** How a layer's weights are drawn: the kind, and its settings by PyTorch's names. */
import { NativeSelect } from '@mantine/core';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { initialisations, type WeightInit } from '@/model/initialisations';
import { keysOf, type Field } from '@/model/kindFields';
import { NumberField } from '@/ui/form/NumberField';
import classes from '@/features/network/build.module.css';

const kinds = keysOf(initialisations);

interface InitFieldsProps {
  readonly layer: string;
  readonly init: WeightInit;
  /** `key`: what was changed, by which the editor joins what is typed into one step back. */
  readonly onChange: (init: WeightInit, key: string) => void;
  readonly onMessage: (key: string, text: string | null) => void;
}

interface SettingProps extends Omit<InitFieldsProps, 'init'> {
  readonly setting: string;
  readonly field: Field;
  readonly init: WeightInit;
}

function Setting({ layer, init, setting, field, onChange, onMessage }: SettingProps) {
  const { t } = useTranslation('network');
  const { argument } = field;
  const show = useCallback((text: string | null) => onMessage(argument, text), [onMessage, argument]);
  if (field.kind === 'boolean') return null;
  return (
    <NumberField
      size="xs"
      className={classes['wide']}
      label={argument}
      name={t('build.field', { field: argument, layer })}
      testId={`layer-init-${setting}`}
      range={field}
      value={Number(Reflect.get(init, setting))}
      onMessage={show}
      onChange={(value) => onChange({ ...init, [setting]: value }, `init.${setting}`)}
    />
  );
}

export function InitFields({ layer, init, onChange, onMessage }: InitFieldsProps) {
  const { t } = useTranslation('network');
  const { fields, pytorch } = initialisations[init.kind];
  return (
    <>
      <NativeSelect
        size="xs"
        className={classes['init']}
        label={t('build.init')}
        aria-label={t('build.field', { field: t('build.init'), layer })}
        aria-description={pytorch}
        title={pytorch}
        data-testid="layer-init"
        data={kinds.map((kind) => ({
          value: kind,
          label: kind === 'default' ? t('build.initDefault') : kind,
        }))}
        value={init.kind}
        onChange={(event) => {
          const kind = kinds.find((one) => one === event.currentTarget.value);
          if (kind !== undefined) onChange(initialisations[kind].defaults, 'init');
        }}
      />
      {Object.entries<Field>(fields).map(([setting, field]) => (
        <Setting
          key={`${init.kind} ${setting}`}
          layer={layer}
          init={init}
          setting={setting}
          field={field}
          onChange={onChange}
          onMessage={onMessage}
        />
      ))}
    </>
  );
}
