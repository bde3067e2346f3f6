/** Names and values of what is measured of the layers. */
import { useTranslation } from 'react-i18next';
import type { LayerQuantity } from '@/model/layerQuantities';
import { anySize, useNumberFormat } from '@/ui/text/numberFormat';

export interface QuantityText {
  /** `Gradient: standard deviation`. */
  readonly name: (quantity: LayerQuantity) => string;
  readonly value: (quantity: LayerQuantity, value: number) => string;
}

export function useQuantityText(): QuantityText {
  const { t } = useTranslation('doctor');
  const format = useNumberFormat();
  return {
    name: ({ tensor, figure }) =>
      figure === 'ratio' || figure === 'dead' || tensor === 'update'
        ? t(figure === 'dead' ? 'statistics.dead' : 'statistics.update')
        : t('statistics.quantityName', {
            tensor: t(`statistics.tensors.${tensor}`),
            figure: t(`statistics.figures.${figure}`),
          }),
    value: ({ scale }, value) => (scale === 'share' ? format.percent(value, 1) : anySize(value, format)),
  };
}
