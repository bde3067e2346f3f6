/** Whether a state_dict fits a network, in words a person can act on. */
import { EngineError } from '@/engine/engine';
import type { StateEntry } from '@/model/stateDict';
import { sizeOf, type StateDict } from '@/model/tensor';

/**
 * Compares a state with what the network needs.
 * @throws EngineError `state` that lists missing, unexpected and misshapen keys.
 */
export function checkState(state: StateDict, entries: readonly StateEntry[], what: string): void {
  const problems: string[] = [];
  const known = new Set(entries.map((entry) => entry.key));
  for (const { key, shape, dtype } of entries) {
    const tensor = state.get(key);
    if (tensor === undefined) problems.push(`${key} is missing`);
    else if (tensor.shape.join() !== shape.join() || tensor.data.length !== sizeOf(shape)) {
      problems.push(`${key} has shape [${tensor.shape.join(', ')}], expected [${shape.join(', ')}]`);
    } else if (tensor.dtype !== dtype) problems.push(`${key} is ${tensor.dtype}, expected ${dtype}`);
  }
  for (const key of state.keys()) if (!known.has(key)) problems.push(`${key} is not expected`);
  if (problems.length > 0) {
    throw new EngineError('state', `The ${what} does not fit the network: ${problems.join('; ')}.`);
  }
}
