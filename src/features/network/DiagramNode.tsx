/** One box of the diagram. It opens what there is to know about its layers. */
import { Popover } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { definitionOf } from '@/model/layers';
import type { GraphNode } from '@/model/graph';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { followersText } from '@/panels/network/diagram/nodeText';
import { layerDetail, shapeText } from '@/panels/network/layerText';
import { NodeDetails } from '@/features/network/NodeDetails';
import { VolumeGlyph } from '@/panels/network/diagram/VolumeGlyph';
import classes from '@/panels/network/diagram/diagram.module.css';

function useNodeTexts(node: GraphNode) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const { kind } = node;
  const title = kind === 'Input' || kind === 'Output' || kind === 'Add' ? t(`diagram.${kind}`) : kind;
  const [first] = node.layers;
  return {
    title,
    detail: first === undefined ? '' : layerDetail(first, t),
    followers: followersText(node),
    shape: shapeText(node.output, format.integer),
    parameters: node.parameters === 0 ? '' : format.integer(node.parameters),
  };
}

export function DiagramNode({ node }: { readonly node: GraphNode }) {
  const { t } = useTranslation('network');
  const [isOpen, setIsOpen] = useState(false);
  const { title, detail, followers, shape, parameters } = useNodeTexts(node);
  const content = (
    <>
      <VolumeGlyph shape={node.output} />
      <span className={classes['texts']}>
        <span className={classes['kind']}>
          {title} <span className={classes['detail']}>{detail}</span>
        </span>
        {followers !== '' && <span className={classes['followers']}>{followers}</span>}
      </span>
      <span className={classes['numbers']}>
        <span className={classes['shape']}>{shape}</span>
        {parameters !== '' && (
          <span className={classes['parameters']}>{t('diagram.parameters', { parameters })}</span>
        )}
      </span>
    </>
  );
  const [layer] = node.layers;
  if (layer === undefined) {
    return (
      <div className={classes['node']} data-kind={node.kind}>
        {content}
      </div>
    );
  }
  const { group } = definitionOf(layer);
  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="bottom" withArrow trapFocus={false} shadow="md">
      <Popover.Target>
        <button
          type="button"
          className={classes['node']}
          data-kind={node.kind}
          data-group={group}
          data-diagram-node
          onClick={() => setIsOpen((open) => !open)}
        >
          {content}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes['dropdown']} aria-label={node.name}>
        {isOpen && <NodeDetails node={node} />}
      </Popover.Dropdown>
    </Popover>
  );
}
