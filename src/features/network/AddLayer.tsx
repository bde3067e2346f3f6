/** A menu of all kinds of layers, by their groups; what is chosen fits what stands before it. */
import { ActionIcon, Button, Menu } from '@mantine/core';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { layerDefinitions, layerKinds, type LayerKind } from '@/model/layers';
import { layerGroups } from '@/model/layers/definition';
import { Icon } from '@/ui/icons/icons';
import classes from '@/features/network/build.module.css';

export interface AddLayerProps {
  /** Given: a small button behind a layer, with this name. */
  readonly after?: string;
  readonly onAdd: (kind: LayerKind) => void;
}

export function AddLayer({ after, onAdd }: AddLayerProps) {
  const { t } = useTranslation('network');
  return (
    <Menu position="bottom-start" width={300} withinPortal>
      <Menu.Target>
        {after === undefined ? (
          <Button size="xs" variant="default" leftSection={<Icon name="plus" size={14} />}>
            {t('build.add')}
          </Button>
        ) : (
          <ActionIcon variant="subtle" color="gray" aria-label={t('build.addAfter', { layer: after })}>
            <Icon name="plus" size={16} />
          </ActionIcon>
        )}
      </Menu.Target>
      <Menu.Dropdown className={classes['menu']}>
        {layerGroups.map((group) => (
          <Fragment key={group}>
            <Menu.Label>{t(`groups.${group}`)}</Menu.Label>
            {layerKinds
              .filter((kind) => layerDefinitions[kind].group === group)
              .map((kind) => (
                <Menu.Item key={kind} onClick={() => onAdd(kind)}>
                  <span className={classes['menuKind']}>{kind}</span>
                  <span className={classes['menuText']}>{t(`kinds.${kind}`)}</span>
                </Menu.Item>
              ))}
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
