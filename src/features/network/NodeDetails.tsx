/** The layers of one box with their names, and the entries that they have in PyTorch's state_dict. */
import { useTranslation } from 'react-i18next';
import type { GraphNode } from '@/model/graph';
import type { LayerSpec } from '@/model/layers';
import { layerEntries } from '@/model/stateDict';
import { sizeOf } from '@/model/tensor';
import { layerDetail } from '@/panels/network/layerText';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/panels/network/diagram/diagram.module.css';

function LayerEntry({ layer }: { readonly layer: LayerSpec }) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  return (
    <li>
      <div className={classes['entryHead']}>
        <strong>{layer.kind}</strong> <span>{layerDetail(layer, t)}</span>
        <code>{layer.name}</code>
      </div>
      <p className={classes['explain']}>{t(`kinds.${layer.kind}`)}</p>
      {layerEntries(layer).map(({ key, shape, role }) => (
        <div key={key} className={classes['tensor']}>
          <code>{key}</code>
          <span>
            {shape.length === 0 ? t('diagram.scalar') : shape.join('×')}
            {shape.length > 1 && ` = ${format.integer(sizeOf(shape))}`}
            {role === 'buffer' && ` ${t('diagram.buffer')}`}
          </span>
        </div>
      ))}
    </li>
  );
}

export function NodeDetails({ node }: { readonly node: GraphNode }) {
  return (
    <ul className={classes['entries']}>
      {node.layers.map((layer) => (
        <LayerEntry key={layer.name} layer={layer} />
      ))}
    </ul>
  );
}
