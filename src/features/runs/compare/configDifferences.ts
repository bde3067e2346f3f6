/** What of the settings of several runs differs. */
import type { Hyperparameter, HyperparameterValue } from '@/model/hyperparameter';
import { hyperparameters } from '@/model/hyperparameters';
import { sameNetwork } from '@/model/networkSchema';
import type { RunConfig } from '@/model/runConfig';

export interface ConfigDifference {
  readonly field: Hyperparameter;
  /** One a run; undefined where the run has no such setting. */
  readonly values: readonly (HyperparameterValue | undefined)[];
}

/** Settings that are not the same in all of them, in the order of the settings panel. */
export function configDifferences(configs: readonly RunConfig[]): ConfigDifference[] {
  const [first] = configs;
  if (first === undefined) return [];
  return hyperparameters.flatMap((field) => {
    const values = configs.map((config) => field.read(config));
    const isSame =
      field.key === 'network'
        ? // Two networks of one's own are told apart by their layers.
          configs.every(({ network }) => sameNetwork(network, first.network))
        : values.every((value) => value === values[0]);
    return isSame ? [] : [{ field, values }];
  });
}
