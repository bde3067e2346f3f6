/** The report's convolution by hand, computed here and now by the conv lab's own code. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { conv2d } from '@/conv/convolution';
import { convolutionCheck } from '@/report/convolutionCheck';
import { reportLabPath } from '@/session/labPath';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/report/report.module.css';

const ones = (size: number) =>
  ({ shape: [1, 1, size, size], data: new Float64Array(size * size).fill(1) }) as const;

export function CheckRow() {
  const { t } = useTranslation('report');
  const { t: presets } = useTranslation('presets');
  const format = useNumberFormat();
  const { shape, data } = useMemo(() => {
    const { inputSize, kernelSize, stride, padding } = convolutionCheck;
    return conv2d(ones(inputSize), ones(kernelSize), { stride, padding });
  }, []);
  const values = [...new Set(data)].map((value) => format.plain(value)).join(', ');
  return (
    <tr>
      <th scope="row" className={classes['name']}>
        {presets('convolution_check.name')}
      </th>
      <td data-label={t('table.length')}>{t('check.length')}</td>
      <td data-label={t('table.report')}>{t('check.expected')}</td>
      <td data-label={t('table.pytorch')}>{t('check.expected')}</td>
      <td data-label={t('table.here')} data-testid="convolution-check">
        {t('check.computed', { rows: String(shape[2]), columns: String(shape[3]), values })}
      </td>
      <td data-label={t('table.action')}>
        <Link href={reportLabPath}>{t('check.open')}</Link>
      </td>
    </tr>
  );
}
