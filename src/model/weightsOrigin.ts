/** Where a network's weights come from. */
import { stateEntries } from '@/model/stateDict';
import type { NetworkSpec } from '@/model/layers';

/** What weights went through: drawn from the run's seed or read from a file, then trained. */
export interface WeightsOrigin {
  /** The file that they were read from; null: drawn from the seed. */
  readonly fileName: string | null;
  /** Values of that file that are NaN or infinite. */
  readonly nonFinite: number;
  /** Training steps since then. */
  readonly steps: number;
}

export const drawnFromSeed: WeightsOrigin = { fileName: null, nonFinite: 0, steps: 0 };

/** Whether nothing but a seed went into them: any time they can be drawn again. */
export function isUntrained({ fileName, steps }: Pick<WeightsOrigin, 'fileName' | 'steps'>): boolean {
  return fileName === null && steps === 0;
}

/** After `steps` more training steps. */
export function trainedFor(origin: WeightsOrigin, steps: number): WeightsOrigin {
  return { ...origin, steps: origin.steps + steps };
}

/** As a file has them. */
export function readFrom(
  fileName: string,
  nonFinite: readonly { readonly nan: number; readonly infinite: number }[],
): WeightsOrigin {
  return {
    fileName,
    nonFinite: nonFinite.reduce((sum, { nan, infinite }) => sum + nan + infinite, 0),
    steps: 0,
  };
}

/** Whether one network's weights, all of them by name and shape, are the other's too. */
export function sharesWeights(a: NetworkSpec, b: NetworkSpec): boolean {
  const names = (network: NetworkSpec): string =>
    JSON.stringify(stateEntries(network).map(({ key, shape, dtype }) => [key, shape, dtype]));
  return a === b || names(a) === names(b);
}
