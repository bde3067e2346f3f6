/** A network with another activation in the place of its ReLUs, and benchmark rows that train it. */
import { defaultLayer } from '@/model/edit';
import { activationKinds, mapLayers, type ActivationKind, type NetworkSpec } from '@/model/layers';
import type { BenchRow } from './row.ts';

export type ReluReplacement = 'ReLU' | ActivationKind;

const replacements: readonly ReluReplacement[] = ['ReLU', ...activationKinds];

/** The kinds of a list such as `Tanh,GELU`, or of `all`; ReLU, which the ratios are of, comes first. @throws RangeError for another name */
export function replacementsOf(list: string): readonly ReluReplacement[] {
  if (list === 'all') return replacements;
  const named = list.split(',').map((name) => {
    const kind = replacements.find((one) => one === name);
    if (kind === undefined)
      throw new RangeError(`--activation takes ${replacements.join(', ')} or all, not ${name}.`);
    return kind;
  });
  return ['ReLU', ...named.filter((kind) => kind !== 'ReLU')];
}

export function activated(network: NetworkSpec, kind: ReluReplacement): NetworkSpec {
  const layers = mapLayers(network.layers, (layer) =>
    layer.kind === 'ReLU' ? { ...defaultLayer(kind, null), name: layer.name } : layer,
  );
  return { ...network, layers };
}

/** The row on networks of this activation. */
export function activatedRow(row: BenchRow, activation: ReluReplacement): BenchRow {
  return {
    ...row,
    label: `${row.label}, ${activation}`,
    prepare: (task) => row.prepare({ ...task, activation }),
  };
}
