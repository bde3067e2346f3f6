/** Measured figures of the layers as a table for a file: a row a layer and step. */
import type { LayerQuantity } from '@/model/layerQuantities';
import type { StepStatistics } from '@/model/layerStatistics';
import type { ExportTable } from '@/ui/export/exportFiles';

export function statisticsTable(
  statistics: readonly StepStatistics[],
  quantities: readonly LayerQuantity[],
): ExportTable {
  return {
    header: ['step', 'layer', ...quantities.map(({ id }) => id)],
    rows: statistics.flatMap(({ step, layers }) =>
      layers.map((layer) => [step + 1, layer.name, ...quantities.map(({ of }) => of(layer))]),
    ),
  };
}
