/** Which filter's and channel's weight: the cell itself is chosen on the kernel. */
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { lab, useLab } from '@/features/convLab/convLabStore';
import classes from '@/features/convLab/convLab.module.css';

function numbered(count: number, label: (number: number) => string): { value: string; label: string }[] {
  return Array.from({ length: count }, (_value, index) => ({
    value: String(index),
    label: label(index + 1),
  }));
}

export function WeightPicker() {
  const { t } = useTranslation('convLab');
  const weight = useLab((state) => state.document.weight);
  const [filters, channels] = useLab((state) => state.document.kernel.shape);
  if (filters === 1 && channels === 1) return null;
  return (
    <div className={classes['fields']}>
      {filters > 1 && (
        <Select
          size="xs"
          allowDeselect={false}
          label={t('kernel.filter')}
          value={String(weight.f)}
          data={numbered(filters, (filter) => t('kernel.filterNumber', { filter }))}
          onChange={(value) => lab.actions.setWeight({ ...weight, f: Number(value) })}
        />
      )}
      {channels > 1 && (
        <Select
          size="xs"
          allowDeselect={false}
          label={t('channels.label')}
          value={String(weight.c)}
          data={numbered(channels, (channel) => t('channels.number', { channel }))}
          onChange={(value) => lab.actions.setWeight({ ...weight, c: Number(value) })}
        />
      )}
    </div>
  );
}
