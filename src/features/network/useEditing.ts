/** The moves of the editor, bound to the draft's network. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import {
  changeLayer,
  defaultLayer,
  duplicateLayer,
  insertLayer,
  type LayerPath,
  moveLayer,
  pathKey,
  removeLayer,
  renameLayer,
} from '@/model/edit';
import type { WeightInit } from '@/model/initialisations';
import type { LayerKind, LayerSpec } from '@/model/layers';
import { applyFix, type LayerFix } from '@/model/networkCheck';
import type { Shape } from '@/model/shape';
import { networkEditor } from '@/features/network/networkEditor';
import { useSession } from '@/session/session';
import { fixAll } from '@/features/network/templates';

type Change = (layers: readonly LayerSpec[]) => readonly LayerSpec[];

export interface Editing {
  readonly edit: (change: Change, mergeKey?: string) => void;
  readonly insert: (path: LayerPath, kind: LayerKind, input: Shape | null) => void;
  readonly remove: (path: LayerPath) => void;
  readonly duplicate: (path: LayerPath) => void;
  readonly move: (from: LayerPath, to: LayerPath) => void;
  readonly rename: (path: LayerPath, name: string) => void;
  readonly change: (
    path: LayerPath,
    values: Readonly<Record<string, number | boolean | string | WeightInit>>,
    key: string,
  ) => void;
  readonly fix: (fix: LayerFix) => void;
  readonly fixAll: (input: Shape) => void;
}

export function useEditing(): Editing {
  const { t } = useTranslation('network');
  const name = useSession((state) => state.draft.network.name);
  const ownName = t('build.ownName', { network: name });
  return useMemo(() => {
    const edit = (change: Change, mergeKey?: string): void => {
      networkEditor.edit(change, ownName, mergeKey);
    };
    return {
      edit,
      insert: (path, kind, input) => edit((layers) => insertLayer(layers, path, defaultLayer(kind, input))),
      remove: (path) => edit((layers) => removeLayer(layers, path)),
      duplicate: (path) => edit((layers) => duplicateLayer(layers, path)),
      move: (from, to) => edit((layers) => moveLayer(layers, from, to)),
      rename: (path, next) => edit((layers) => renameLayer(layers, path, next)),
      change: (path, values, key) =>
        edit(
          (layers) => changeLayer(layers, path, (layer) => ({ ...layer, ...values })),
          `${pathKey(path)} ${key}`,
        ),
      fix: (fix) => edit((layers) => applyFix(layers, fix)),
      fixAll: (input) => edit((layers) => fixAll(layers, input)),
    };
  }, [ownName]);
}
