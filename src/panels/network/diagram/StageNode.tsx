/** A stage of a large network: folded, a box that stands for all its layers; unfolded, their title. */
import { useTranslation } from 'react-i18next';
import { stageSummary } from '@/panels/network/diagram/nodeText';
import { shapeText } from '@/panels/network/layerText';
import type { DiagramItem } from '@/panels/network/diagram/stages';
import { VolumeGlyph } from '@/panels/network/diagram/VolumeGlyph';
import { Icon } from '@/ui/icons/icons';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/panels/network/diagram/diagram.module.css';

export interface StageNodeProps {
  readonly item: Extract<DiagramItem, { readonly kind: 'stage' }>;
  readonly onToggle: (id: string) => void;
}

export function StageNode({ item, onToggle }: StageNodeProps) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const { stage, nodes, isFolded } = item;
  const name = stage.part === null ? stage.module : `${stage.module} ${stage.part}`;
  const output = nodes.at(-1)?.output ?? [];
  const parameters = nodes.reduce((sum, node) => sum + node.parameters, 0);
  return (
    <button
      type="button"
      className={classes[isFolded ? 'folded' : 'stageTitle']}
      aria-expanded={!isFolded}
      data-diagram-node
      onClick={() => onToggle(stage.id)}
    >
      <span className={classes['chevron']}>
        <Icon name="chevronDown" size={14} />
      </span>
      {isFolded && <VolumeGlyph shape={output} />}
      <span className={classes['texts']}>
        <span className={classes['kind']}>{name}</span>
        {isFolded && <span className={classes['followers']}>{stageSummary(nodes)}</span>}
      </span>
      {isFolded && (
        <span className={classes['numbers']}>
          <span className={classes['shape']}>{shapeText(output, format.integer)}</span>
          {parameters > 0 && (
            <span className={classes['parameters']}>
              {t('diagram.parameters', { parameters: format.integer(parameters) })}
            </span>
          )}
        </span>
      )}
    </button>
  );
}
