/** Dropout layers are numbered, so that each draws from a random stream of its own. */
import { definitionOf, flattenLayers, type LayerSpec } from '@/model/layers';

/** Position of each dropout layer in forward order: its number in the random streams. */
export function dropoutOrdinals(layers: readonly LayerSpec[]): ReadonlyMap<string, number> {
  const dropouts = flattenLayers(layers).filter((layer) => definitionOf(layer).group === 'dropout');
  return new Map(dropouts.map(({ name }, ordinal) => [name, ordinal]));
}
