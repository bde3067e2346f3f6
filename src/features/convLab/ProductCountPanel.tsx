/** How many products the convolution takes as it is grouped, with the pointwise one behind it, and one without groups instead. */
import { Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { productCounts, type ProductCount } from '@/conv/formula';
import { convolved } from '@/features/convLab/convLabDerived';
import { useLab } from '@/features/convLab/convLabStore';
import { Panel } from '@/ui/layout/Panel';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/convLab/convLab.module.css';

function Count({ name, count }: { readonly name: string; readonly count: ProductCount }) {
  const { t } = useTranslation('convLab');
  const { integer } = useNumberFormat();
  const { filters, channels, kernel } = count;
  return (
    <Table.Tr>
      <Table.Th scope="row">
        {name}
        <span className={classes['sumNote']}>
          {t('count.filters', { filters, channels, kernel: kernel.join('×') })}
        </span>
      </Table.Th>
      <Table.Td>
        <span className={classes['sumNote']}>{count.substituted} =</span>{' '}
        <strong>{integer(count.result)}</strong>
      </Table.Td>
    </Table.Tr>
  );
}

export function ProductCountPanel() {
  const { t } = useTranslation('convLab');
  const { integer, percent } = useNumberFormat();
  const document = useLab((state) => state.document);
  const conv = convolved(document);
  if (!conv.ok) return null;
  const { geometry } = conv.value.trace;
  const { grouped, pointwise, plain } = productCounts(geometry, document.pointwise.shape[0]);
  const { groups } = document.settings;
  const isDepthwise = groups > 1 && groups === geometry.channels;
  const both = grouped.result + pointwise.result;
  return (
    <Panel title={t('count.title')} hint={t('count.hint')}>
      <Table className={classes['count'] ?? ''} withRowBorders={false}>
        <Table.Tbody>
          <Count
            name={isDepthwise ? t('count.depthwise') : t('count.grouped', { count: groups })}
            count={grouped}
          />
          <Count name={t('count.pointwise')} count={pointwise} />
          <Table.Tr>
            <Table.Th scope="row">{t('count.both')}</Table.Th>
            <Table.Td>
              <strong data-count="both">{integer(both)}</strong>
            </Table.Td>
          </Table.Tr>
          <Count name={t('count.plain')} count={plain} />
        </Table.Tbody>
      </Table>
      <p className={classes['sumNote']}>{t('count.share', { share: percent(both / plain.result, 1) })}</p>
    </Panel>
  );
}
