/** Above the layers: the network's name, undo and redo, where to start from, and whether it fits. */
import { ActionIcon, Button, Menu, TextInput, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { architectures } from '@/model/architectures';
import { customNetwork } from '@/model/hyperparameters';
import type { NetworkSpec } from '@/model/layers';
import { defaultInput } from '@/model/presets';
import { inputShape } from '@/model/shapes';
import { moreNetworks } from '@/model/standardNetworks';
import { networkEditor, standardChoice, useNetworkEditor } from '@/features/network/networkEditor';
import { templateIds, templateNetwork } from '@/features/network/templates';
import { Icon } from '@/ui/icons/icons';
import classes from '@/features/network/build.module.css';

const networkItem = (network: NetworkSpec) => (
  <Menu.Item key={network.id} onClick={() => networkEditor.choose(standardChoice(network))}>
    {network.name}
  </Menu.Item>
);

function StartFrom() {
  const { t } = useTranslation('network');
  const input = defaultInput(customNetwork);
  return (
    <Menu position="bottom-start" width={300} withinPortal>
      <Menu.Target>
        <Button size="xs" variant="default" rightSection={<Icon name="chevronDown" size={14} />}>
          {t('build.startFrom')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes['menu']}>
        <Menu.Label>{t('build.templates.label')}</Menu.Label>
        {templateIds.map((id) => (
          <Menu.Item
            key={id}
            onClick={() => {
              const network = templateNetwork(id, t(`build.templates.${id}.name`), inputShape(input));
              networkEditor.choose({ network, input });
            }}
          >
            <span className={classes['menuKind']}>{t(`build.templates.${id}.name`)}</span>
            <span className={classes['menuText']}>{t(`build.templates.${id}.text`)}</span>
          </Menu.Item>
        ))}
        <Menu.Label>{t('picker.report')}</Menu.Label>
        {architectures.map(networkItem)}
        <Menu.Label>{t('picker.more')}</Menu.Label>
        {moreNetworks.map(networkItem)}
      </Menu.Dropdown>
    </Menu>
  );
}

function History() {
  const { t } = useTranslation('network');
  const canUndo = useNetworkEditor((state) => state.past.length > 0);
  const canRedo = useNetworkEditor((state) => state.future.length > 0);
  return (
    <>
      <Tooltip label={t('build.undo')}>
        <ActionIcon
          variant="default"
          size={30}
          aria-label={t('build.undo')}
          disabled={!canUndo}
          onClick={() => networkEditor.undo()}
        >
          <Icon name="undo" size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t('build.redo')}>
        <ActionIcon
          variant="default"
          size={30}
          aria-label={t('build.redo')}
          disabled={!canRedo}
          onClick={() => networkEditor.redo()}
        >
          <Icon name="redo" size={16} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}

export interface BuildToolbarProps {
  readonly network: NetworkSpec;
  readonly isOwn: boolean;
}

export function BuildToolbar({ network, isOwn }: BuildToolbarProps) {
  const { t } = useTranslation('network');
  const [name, setName] = useState<string | null>(null);
  const commit = (): void => {
    if (name !== null) networkEditor.rename(name.trim());
    setName(null);
  };
  return (
    <div className={classes['toolbar']}>
      <TextInput
        size="xs"
        aria-label={t('build.networkName')}
        className={classes['networkName']}
        disabled={!isOwn}
        maxLength={100}
        value={name ?? network.name}
        onChange={(event) => setName(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
        }}
      />
      <StartFrom />
      <History />
    </div>
  );
}
