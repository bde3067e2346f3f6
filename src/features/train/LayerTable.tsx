/** All figures of the latest measured step: the heat plot for the keyboard and for screen readers. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StepStatistics } from '@/model/layerStatistics';
import { layerQuantities } from '@/model/layerQuantities';
import { ExportFrame } from '@/ui/export/ExportFrame';
import { useQuantityText } from '@/ui/text/useQuantityText';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { statisticsTable } from '@/features/train/statisticsTable';
import classes from '@/features/train/layers.module.css';

export function LayerTable({ statistics }: { readonly statistics: StepStatistics }) {
  const { t } = useTranslation('doctor');
  const format = useNumberFormat();
  const text = useQuantityText();
  // Its cells are text for hundreds of figures, at every measured step.
  const [isOpen, setIsOpen] = useState(false);
  const caption = t('statistics.table', { step: format.integer(statistics.step + 1) });
  return (
    <details className={classes['figures']} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{caption}</summary>
      {isOpen && (
        <ExportFrame
          files={{
            label: t('statistics.saveTable'),
            fileName: `layers-step-${statistics.step + 1}`,
            table: () => statisticsTable([statistics], layerQuantities),
          }}
        >
          {/* It scrolls sideways on a phone, which the keyboard has to reach. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <section className={classes['scroll']} tabIndex={0} aria-label={caption}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('statistics.layer')}</th>
                  {layerQuantities.map((quantity) => (
                    <th key={quantity.id} scope="col">
                      {text.name(quantity)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {statistics.layers.map((layer) => (
                  <tr key={layer.name}>
                    <th scope="row">{layer.name}</th>
                    {layerQuantities.map((quantity) => (
                      <td key={quantity.id}>{text.value(quantity, quantity.of(layer))}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </ExportFrame>
      )}
    </details>
  );
}
