/** The network in four numbers. */
import { useTranslation } from 'react-i18next';
import { networkCost } from '@/model/cost';
import { flattenLayers, type NetworkSpec } from '@/model/layers';
import type { Shape } from '@/model/shape';
import { layerEntries } from '@/model/stateDict';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { Stat, StatList } from '@/ui/layout/Stat';

export interface NetworkTotalsProps {
  readonly network: NetworkSpec;
  readonly input: Shape;
  /** A network that does not fit has no totals yet. */
  readonly isValid: boolean;
}

export function NetworkTotals({ network, input, isValid }: NetworkTotalsProps) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const cost = isValid ? networkCost(network, input) : null;
  const weighted = flattenLayers(network.layers).filter((layer) => layerEntries(layer).length > 0);
  return (
    <StatList>
      <Stat
        label={t('totals.parameters')}
        value={cost && format.integer(cost.parameters)}
        testId="network-parameters"
      />
      <Stat label={t('totals.flops')} value={cost && format.compact(cost.flops)} />
      <Stat label={t('totals.activations')} value={cost && format.bytes(cost.activationBytes)} />
      <Stat label={t('totals.layers')} value={format.integer(weighted.length)} />
    </StatList>
  );
}
