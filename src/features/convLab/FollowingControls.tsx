/** What the stages behind the convolution do: the poolings' windows, and how many filters the pointwise one has. */
import { Checkbox, Fieldset } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { withPointwiseFilters, withPool } from '@/features/convLab/convLabEdits';
import { limits } from '@/features/convLab/convLabState';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { WholeNumberField } from '@/features/convLab/LabNumberField';
import classes from '@/features/convLab/convLab.module.css';

export function FollowingControls() {
  const { t } = useTranslation('convLab');
  const pool = useLab((state) => state.document.pool);
  const [filters] = useLab((state) => state.document.pointwise.shape);
  return (
    <Fieldset legend={t('following.title')} className={classes['fieldset'] ?? ''}>
      <div className={classes['fields']}>
        <WholeNumberField
          label={t('following.poolSize')}
          value={pool.kernelSize}
          {...limits.pool}
          onChange={(kernelSize) => lab.actions.edit((document) => withPool(document, { kernelSize }))}
        />
        <WholeNumberField
          label={t('following.poolStride')}
          value={pool.stride}
          min={1}
          max={limits.pool.max}
          onChange={(stride) => lab.actions.edit((document) => withPool(document, { stride }))}
        />
        <WholeNumberField
          label={t('following.poolPadding')}
          value={pool.padding}
          {...limits.poolPadding}
          onChange={(padding) => lab.actions.edit((document) => withPool(document, { padding }))}
        />
        <WholeNumberField
          label={t('following.pointwiseFilters')}
          value={filters}
          {...limits.filters}
          onChange={(value) => lab.actions.edit((document) => withPointwiseFilters(document, value))}
        />
      </div>
      <Checkbox
        size="xs"
        label={t('following.countIncludePad')}
        checked={pool.countIncludePad}
        onChange={({ currentTarget: { checked } }) =>
          lab.actions.edit((document) => withPool(document, { countIncludePad: checked }))
        }
      />
    </Fieldset>
  );
}
