/** The operator and its numbers, and the pooling that follows. */
import { Fieldset, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { withPool, withSettings } from '@/features/convLab/convLabEdits';
import { convOperators, limits } from '@/features/convLab/convLabState';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { WholeNumberField } from '@/features/convLab/LabNumberField';
import classes from '@/features/convLab/convLab.module.css';

export function OperatorControls() {
  const { t } = useTranslation('convLab');
  const settings = useLab((state) => state.document.settings);
  const pool = useLab((state) => state.document.pool);
  return (
    <Fieldset legend={t('operators.title')} className={classes['fieldset'] ?? ''}>
      <Select
        size="xs"
        label={t('operators.label')}
        allowDeselect={false}
        value={settings.operator}
        data={convOperators.map((value) => ({ value, label: t(`operators.${value}.name`) }))}
        onChange={(operator) => {
          if (operator !== null) lab.actions.edit((document) => withSettings(document, { operator }));
        }}
      />
      <div className={classes['fields']}>
        {(['stride', 'padding', 'dilation'] as const).map((name) => (
          <WholeNumberField
            key={name}
            label={t(`operators.${name}`)}
            value={settings[name]}
            {...limits[name]}
            onChange={(value) => lab.actions.edit((document) => withSettings(document, { [name]: value }))}
          />
        ))}
      </div>
      <div className={classes['fields']}>
        <WholeNumberField
          label={t('operators.poolSize')}
          value={pool.kernelSize}
          {...limits.pool}
          onChange={(kernelSize) => lab.actions.edit((document) => withPool(document, { kernelSize }))}
        />
        <WholeNumberField
          label={t('operators.poolStride')}
          value={pool.stride}
          min={1}
          max={limits.pool.max}
          onChange={(stride) => lab.actions.edit((document) => withPool(document, { stride }))}
        />
      </div>
    </Fieldset>
  );
}
