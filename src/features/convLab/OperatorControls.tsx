/** The operator and its numbers. */
import { Button, Checkbox, Fieldset, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { withDepthwise, withGroups, withSettings } from '@/features/convLab/convLabEdits';
import { convOperators, limits } from '@/features/convLab/convLabState';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { WholeNumberField } from '@/features/convLab/LabNumberField';
import classes from '@/features/convLab/convLab.module.css';

export function OperatorControls() {
  const { t } = useTranslation('convLab');
  const settings = useLab((state) => state.document.settings);
  const [, channels] = useLab((state) => state.document.input.shape);
  const isSame = settings.padding === 'same';
  const change = (next: Parameters<typeof withSettings>[1]): void =>
    lab.actions.edit((document) => withSettings(document, next));
  return (
    <Fieldset legend={t('operators.title')} className={classes['fieldset'] ?? ''}>
      <Select
        size="xs"
        label={t('operators.label')}
        allowDeselect={false}
        value={settings.operator}
        data={convOperators.map((value) => ({ value, label: t(`operators.${value}.name`) }))}
        onChange={(operator) => {
          if (operator !== null) change({ operator });
        }}
      />
      <div className={classes['fields']}>
        <WholeNumberField
          label={t('operators.stride')}
          value={settings.stride}
          {...limits.stride}
          onChange={(stride) => change({ stride })}
        />
        <WholeNumberField
          label={t('operators.dilation')}
          value={settings.dilation}
          {...limits.dilation}
          onChange={(dilation) => change({ dilation })}
        />
        <WholeNumberField
          label={t('operators.padding')}
          value={settings.padding === 'same' ? 0 : settings.padding}
          {...limits.padding}
          disabled={isSame}
          onChange={(padding) => change({ padding })}
        />
        <WholeNumberField
          label={t('operators.groups')}
          value={settings.groups}
          {...limits.groups}
          onChange={(groups) => lab.actions.edit((document) => withGroups(document, groups))}
        />
      </div>
      <Checkbox
        size="xs"
        label={t('operators.same')}
        checked={isSame}
        onChange={({ currentTarget: { checked } }) => change({ padding: checked ? 'same' : 0 })}
      />
      <Button
        size="compact-xs"
        variant="default"
        disabled={channels === 1}
        onClick={() => lab.actions.edit(withDepthwise)}
      >
        {channels === 1 ? t('operators.oneChannel') : t('operators.depthwise')}
      </Button>
    </Fieldset>
  );
}
