/** The diagram with its choice of detail. */
import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetworkSpec } from '@/model/layers';
import type { Shape } from '@/model/shape';
import { DiagramNode } from '@/features/network/DiagramNode';
import { NetworkDiagram } from '@/panels/network/diagram/NetworkDiagram';
import { Panel } from '@/ui/layout/Panel';
import classes from '@/features/network/network.module.css';

export interface ArchitecturePanelProps {
  readonly network: NetworkSpec;
  readonly input: Shape;
  readonly isValid: boolean;
}

export function ArchitecturePanel({ network, input, isValid }: ArchitecturePanelProps) {
  const { t } = useTranslation('network');
  const [detail, setDetail] = useState<'grouped' | 'every'>('grouped');
  return (
    <Panel
      title={t('diagram.title')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('diagram.detail')}
          value={detail}
          onChange={setDetail}
          data={[
            { value: 'grouped', label: t('diagram.grouped') },
            { value: 'every', label: t('diagram.every') },
          ]}
        />
      }
    >
      {isValid ? (
        <NetworkDiagram
          key={network.id}
          network={network}
          input={input}
          isGrouped={detail === 'grouped'}
          Node={DiagramNode}
          testId="architecture"
        />
      ) : (
        <p className={classes['muted']}>{t('diagram.broken')}</p>
      )}
    </Panel>
  );
}
