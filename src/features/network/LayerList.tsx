/** The layers of the network, or of one part of a block, as rows; blocks hold lists of their own. */
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { type ContainerStep, pathKey } from '@/model/edit';
import type { LayerSpec, Residual } from '@/model/layers';
import type { LayerCheck } from '@/model/networkCheck';
import type { Shape } from '@/model/shape';
import { AddLayer } from '@/features/network/AddLayer';
import { useListEnd } from '@/features/network/layerDrag';
import { LayerRow } from '@/features/network/LayerRow';
import type { Editing } from '@/features/network/useEditing';
import classes from '@/features/network/build.module.css';

interface ListProps {
  readonly layers: readonly LayerSpec[];
  readonly container: readonly ContainerStep[];
  /** Where the list starts from. */
  readonly input: Shape | null;
  readonly checks: ReadonlyMap<string, LayerCheck>;
  readonly editing: Editing;
}

function Block({
  layer,
  index,
  list,
  input,
}: {
  readonly layer: Residual;
  readonly index: number;
  readonly list: ListProps;
  readonly input: Shape | null;
}) {
  const { t } = useTranslation('network');
  return (
    <div className={classes['block']}>
      {(['body', 'shortcut'] as const).map((part) => (
        <div key={part} data-part={part}>
          <p className={classes['partTitle']}>
            {t(`build.${part}`)}
            {part === 'shortcut' && layer.shortcut.length === 0 && (
              <span className={classes['partHint']}> {t('build.identity')}</span>
            )}
          </p>
          <LayerList
            {...list}
            layers={layer[part]}
            container={[...list.container, { index, part }]}
            input={input}
          />
        </div>
      ))}
    </div>
  );
}

export function LayerList(list: ListProps) {
  const { layers, container, input, checks, editing } = list;
  const end = useRef<HTMLDivElement>(null);
  const isOver = useListEnd({ container, index: layers.length }, end);
  const checkAt = (index: number): LayerCheck | undefined => checks.get(pathKey({ container, index }));
  const last = layers.length === 0 ? input : (checkAt(layers.length - 1)?.output ?? null);
  return (
    <>
      <ol className={classes['list']}>
        {layers.map((layer, index) => {
          const check = checkAt(index);
          return (
            <li key={layers.findIndex(({ name }) => name === layer.name) === index ? layer.name : index}>
              <LayerRow
                path={{ container, index }}
                layer={layer}
                siblings={layers}
                check={check}
                editing={editing}
              />
              {layer.kind === 'Residual' && (
                <Block layer={layer} index={index} list={list} input={check?.input ?? null} />
              )}
            </li>
          );
        })}
      </ol>
      <div ref={end} className={classes['end']} data-over={isOver || undefined}>
        <AddLayer onAdd={(kind) => editing.insert({ container, index: layers.length }, kind, last)} />
      </div>
    </>
  );
}
