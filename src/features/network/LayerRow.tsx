/** One layer in the editor: its handle, name, parameters, what it gives, and what can be done with it. */
import { ActionIcon, Menu, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type LayerPath, pathKey } from '@/model/edit';
import { definitionOf, type LayerSpec } from '@/model/layers';
import type { LayerCheck } from '@/model/networkCheck';
import { AddLayer } from '@/features/network/AddLayer';
import { useLayerRow } from '@/features/network/layerDrag';
import { LayerFields } from '@/features/network/LayerFields';
import { shapeText } from '@/panels/network/layerText';
import { ProblemLine } from '@/features/network/ProblemLine';
import type { Editing } from '@/features/network/useEditing';
import { Icon } from '@/ui/icons/icons';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/network/build.module.css';

const sibling = (path: LayerPath, offset: number): LayerPath => ({ ...path, index: path.index + offset });

/** Places to move to beyond the neighbours: out of its block, or into the one above. */
function moveTargets(path: LayerPath, siblings: readonly LayerSpec[]) {
  const block = path.container.at(-1);
  const above = siblings[path.index - 1];
  return {
    out: block === undefined ? null : { container: path.container.slice(0, -1), index: block.index + 1 },
    into:
      above?.kind === 'Residual'
        ? {
            container: [...path.container, { index: path.index - 1, part: 'body' as const }],
            index: above.body.length,
          }
        : null,
  };
}

type FocusTarget = 'up' | 'down' | 'remove';

/** Moving a row in the page takes its focus away; whoever moved or removed it goes on from there. */
function focusLater(layer: string | undefined, ...targets: readonly FocusTarget[]): void {
  requestAnimationFrame(() => {
    const row = layer === undefined ? null : document.querySelector(`[data-layer="${CSS.escape(layer)}"]`);
    const buttons = targets.map((target) => row?.querySelector<HTMLButtonElement>(`[data-do="${target}"]`));
    buttons.find((button) => button?.disabled === false)?.focus();
  });
}

function NameField({ name, onRename }: { readonly name: string; readonly onRename: (name: string) => void }) {
  const { t } = useTranslation('network');
  const [typed, setTyped] = useState<string | null>(null);
  const commit = (): void => {
    if (typed !== null && typed !== '' && typed !== name) onRename(typed);
    setTyped(null);
  };
  return (
    <TextInput
      size="xs"
      variant="unstyled"
      className={classes['name']}
      aria-label={t('build.nameOf', { layer: name })}
      spellCheck={false}
      maxLength={100}
      value={typed ?? name}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') setTyped(null);
      }}
    />
  );
}

interface RowActionsProps {
  readonly path: LayerPath;
  readonly layer: LayerSpec;
  readonly siblings: readonly LayerSpec[];
  readonly check: LayerCheck | undefined;
  readonly editing: Editing;
}

function RowActions({ path, layer, siblings, check, editing }: RowActionsProps) {
  const { t } = useTranslation('network');
  const { out, into } = moveTargets(path, siblings);
  const { name } = layer;
  return (
    <div className={classes['actions']}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('build.up', { layer: name })}
        disabled={path.index === 0}
        data-do="up"
        onClick={() => {
          editing.move(path, sibling(path, -1));
          focusLater(name, 'up', 'down');
        }}
      >
        <Icon name="chevronUp" size={16} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('build.down', { layer: name })}
        disabled={path.index === siblings.length - 1}
        data-do="down"
        onClick={() => {
          editing.move(path, sibling(path, 2));
          focusLater(name, 'down', 'up');
        }}
      >
        <Icon name="chevronDown" size={16} />
      </ActionIcon>
      <AddLayer
        after={name}
        onAdd={(kind) => editing.insert(sibling(path, 1), kind, check?.output ?? null)}
      />
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('build.more', { layer: name })}>
            <Icon name="more" size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name="copy" size={14} />} onClick={() => editing.duplicate(path)}>
            {t('build.duplicate')}
          </Menu.Item>
          {out !== null && (
            <Menu.Item onClick={() => editing.move(path, out)}>{t('build.moveOut')}</Menu.Item>
          )}
          {into !== null && (
            <Menu.Item onClick={() => editing.move(path, into)}>{t('build.moveInto')}</Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('build.remove', { layer: name })}
        data-do="remove"
        onClick={() => {
          editing.remove(path);
          focusLater((siblings[path.index + 1] ?? siblings[path.index - 1])?.name, 'remove');
        }}
      >
        <Icon name="trash" size={16} />
      </ActionIcon>
    </div>
  );
}

export function LayerRow(props: RowActionsProps) {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const { path, layer, check, editing } = props;
  const row = useRef<HTMLDivElement>(null);
  const handle = useRef<HTMLSpanElement>(null);
  const { edge, isDragged } = useLayerRow(path, { row, handle });
  const problem = check?.problem ?? null;
  const output = check?.output ?? null;
  return (
    <div
      ref={row}
      className={classes['row']}
      data-kind={layer.kind}
      data-group={definitionOf(layer).group}
      data-layer={layer.name}
      data-problem={problem !== null || undefined}
      data-edge={edge ?? undefined}
      data-dragged={isDragged || undefined}
      data-testid={`layer-${layer.name}`}
    >
      {/* For the mouse; the arrows at the right do the same from the keyboard. */}
      <span ref={handle} className={classes['handle']} title={t('build.drag')} aria-hidden="true">
        <Icon name="grip" size={16} />
      </span>
      <div className={classes['title']}>
        <span className={classes['kind']}>{layer.kind}</span>
        <NameField name={layer.name} onRename={(name) => editing.rename(path, name)} />
      </div>
      <LayerFields layer={layer} onChange={(values, key) => editing.change(path, values, key)} />
      <span className={classes['shape']} data-testid={`shape-${layer.name}`}>
        <span className={classes['shapeLabel']}>{t('build.gives')}</span>{' '}
        {output === null ? t('table.unknown') : shapeText(output, format.integer)}
      </span>
      <RowActions {...props} />
      {problem !== null && (
        <ProblemLine id={`problem-${pathKey(path)}`} problem={problem} onFix={editing.fix} />
      )}
    </div>
  );
}
