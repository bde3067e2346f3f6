/** The exact number of the chosen cell of a kernel; digit keys on the grid itself set whole numbers only. */
import { NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { limits } from '@/store/convLabState';
import { valueAt, withKernelValue } from '@/store/convLabEdits';
import { lab, useLab } from '@/store/convLabStore';

export function KernelCellEditor({ filter, channel }: { readonly filter: number; readonly channel: number }) {
  const { t } = useTranslation('convLab');
  const kernel = useLab((state) => state.document.kernel);
  const weight = useLab((state) => state.document.weight);
  const isChosen = weight.f === filter && weight.c === channel;
  const row = isChosen ? weight.i : 0;
  const column = isChosen ? weight.j : 0;
  return (
    <NumberInput
      size="xs"
      maw={140}
      label={t('kernel.cell', { row: row + 1, column: column + 1 })}
      value={valueAt(kernel, filter, channel, row, column)}
      decimalScale={6}
      step={0.5}
      min={-limits.value}
      max={limits.value}
      onChange={(value) => {
        if (typeof value !== 'number') return;
        lab.actions.edit((document) => withKernelValue(document, filter, channel, row, column, value));
      }}
    />
  );
}
