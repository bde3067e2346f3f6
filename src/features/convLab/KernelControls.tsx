/** The filters: how many, which one is shown, its preset, size and bias. */
import { Button, Fieldset, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { kernelPresets, type KernelPreset } from '@/conv/presets';
import { convolved } from '@/features/convLab/convLabDerived';
import { withBias, withFilters, withKernelPreset, withKernelSize } from '@/features/convLab/convLabEdits';
import { limits, type LabState } from '@/features/convLab/convLabState';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { ValueField, WholeNumberField } from '@/features/convLab/LabNumberField';
import classes from '@/features/convLab/convLab.module.css';

const presetNames = Object.keys(kernelPresets) as KernelPreset[];

/** The filter on screen: chosen, or the one the steps have reached. */
function shownFilter({ document, filter }: LabState): number {
  if (filter !== null) return Math.min(filter, document.kernel.shape[0] - 1);
  const conv = convolved(document);
  if (!conv.ok) return 0;
  const { trace } = conv.value;
  return trace.at(Math.max(0, Math.min(document.steps.conv, trace.length) - 1)).f;
}

export function KernelControls() {
  const { t } = useTranslation('convLab');
  const [filters, , height, width] = useLab((state) => state.document.kernel.shape);
  const filter = useLab(shownFilter);
  const bias = useLab((state) => state.document.bias[filter] ?? 0);
  const counts = Array.from({ length: Math.max(filters, limits.filters.max) }, (_value, k) => String(k + 1));
  return (
    <Fieldset legend={t('kernel.title')} className={classes['fieldset'] ?? ''}>
      <div className={classes['buttons']}>
        {presetNames.map((preset) => (
          <Button
            key={preset}
            size="compact-xs"
            variant="default"
            onClick={() => {
              lab.actions.edit((document) => withKernelPreset(document, preset, filter));
              lab.actions.pickFilter(filter);
            }}
          >
            {t(`kernel.presets.${preset}`)}
          </Button>
        ))}
      </div>
      <div className={classes['fields']}>
        <WholeNumberField
          label={t('kernel.height')}
          value={height}
          {...limits.kernel}
          onChange={(value) => lab.actions.edit((document) => withKernelSize(document, value, width))}
        />
        <WholeNumberField
          label={t('kernel.width')}
          value={width}
          {...limits.kernel}
          onChange={(value) => lab.actions.edit((document) => withKernelSize(document, height, value))}
        />
        <Select
          size="xs"
          label={t('kernel.filters')}
          allowDeselect={false}
          value={String(filters)}
          data={counts}
          onChange={(value) => lab.actions.edit((document) => withFilters(document, Number(value)))}
        />
        <ValueField
          label={t('kernel.bias')}
          of={String(filter)}
          value={bias}
          onChange={(value) => lab.actions.edit((document) => withBias(document, filter, value))}
        />
        {filters > 1 && (
          <Select
            size="xs"
            label={t('kernel.shown')}
            allowDeselect={false}
            value={String(filter)}
            data={Array.from({ length: filters }, (_value, k) => ({
              value: String(k),
              label: t('kernel.filterNumber', { filter: k + 1 }),
            }))}
            onChange={(value) => lab.actions.pickFilter(Number(value))}
          />
        )}
      </div>
    </Fieldset>
  );
}
