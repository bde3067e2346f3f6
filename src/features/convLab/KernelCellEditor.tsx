/** The exact number of the chosen cell of a kernel; digit keys on the grid itself set whole numbers only. */
import { useTranslation } from 'react-i18next';
import { withKernelValue } from '@/features/convLab/convLabEdits';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { valueAt } from '@/features/convLab/labTensor';
import { ValueField } from '@/features/convLab/LabNumberField';
import classes from '@/features/convLab/convLab.module.css';

export function KernelCellEditor({ filter, channel }: { readonly filter: number; readonly channel: number }) {
  const { t } = useTranslation('convLab');
  const kernel = useLab((state) => state.document.kernel);
  const weight = useLab((state) => state.document.weight);
  const isChosen = weight.f === filter && weight.c === channel;
  const row = isChosen ? weight.i : 0;
  const column = isChosen ? weight.j : 0;
  return (
    <ValueField
      className={classes['cellField']}
      label={t('kernel.cell', { row: row + 1, column: column + 1 })}
      of={`${filter} ${channel} ${row} ${column}`}
      value={valueAt(kernel, filter, channel, row, column)}
      onChange={(value) =>
        lab.actions.edit((document) => withKernelValue(document, filter, channel, row, column, value))
      }
    />
  );
}
