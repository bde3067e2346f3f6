/** Whether a state_dict is one of the network that an engine runs. */
import { EngineError } from '@/engine/engine';
import type { StateEntry } from '@/model/stateDict';
import { compareStateDict, describeDifference, isEqual } from '@/model/stateDictDifference';
import { sizeOf, type StateDict } from '@/model/tensor';

/** @throws EngineError `state` that lists missing, unexpected and differing keys. */
export function checkState(state: StateDict, entries: readonly StateEntry[], what: string): void {
  const difference = compareStateDict(entries, state);
  if (!isEqual(difference)) {
    throw new EngineError(
      'state',
      `The ${what} does not fit the network: ${describeDifference(difference)}.`,
    );
  }
  for (const [key, { data, shape }] of state) {
    if (data.length !== sizeOf(shape)) {
      throw new EngineError(
        'state',
        `${key} of the ${what} has ${data.length} values, not ${sizeOf(shape)}.`,
      );
    }
  }
}
