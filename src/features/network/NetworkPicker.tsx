/** Chooses the draft's network: one of the report's six, another that comes with the page, or the last own one. */
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { architectures } from '@/model/architectures';
import { customNetwork } from '@/model/hyperparameters';
import type { NetworkSpec } from '@/model/layers';
import { findStandardNetwork, moreNetworks } from '@/model/standardNetworks';
import { networkEditor, standardChoice, useNetworkEditor } from '@/features/network/networkEditor';
import { useSession } from '@/session/session';

const itemOf = ({ id, name }: NetworkSpec) => ({ value: id, label: name });

export function NetworkPicker() {
  const { t } = useTranslation('network');
  const network = useSession((state) => state.draft.network);
  const own = useNetworkEditor((state) => state.own);
  const standard = findStandardNetwork(network.id);
  const groups = [
    { group: t('picker.report'), items: architectures.map(itemOf) },
    { group: t('picker.more'), items: moreNetworks.map(itemOf) },
    ...(own === null
      ? []
      : [{ group: t('picker.own'), items: [{ value: customNetwork, label: own.network.name }] }]),
  ];
  const choose = (id: string | null): void => {
    const chosen = id === null ? undefined : findStandardNetwork(id);
    if (chosen !== undefined) networkEditor.choose(standardChoice(chosen));
    else if (id === customNetwork && own !== null) networkEditor.choose(own);
  };
  return (
    <Select
      aria-label={t('picker.label')}
      data-testid="network-picker"
      w={200}
      allowDeselect={false}
      data={groups}
      value={standard?.id ?? customNetwork}
      onChange={choose}
    />
  );
}
