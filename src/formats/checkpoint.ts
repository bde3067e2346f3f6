/** The weights of a network as a file that PyTorch's load_state_dict(strict=True) takes; loadStateDict.ts is the way back. */
import { encodeSafetensors } from '@/formats/safetensors';
import type { NetworkSpec } from '@/model/layers';
import { stateEntries } from '@/model/stateDict';
import { stateDictProblem } from '@/model/stateDictDifference';
import type { StateDict } from '@/model/tensor';

/** The state's tensors, in state_dict order. @throws RangeError when the state is not this network's */
export function orderedState(network: NetworkSpec, state: StateDict): StateDict {
  const entries = stateEntries(network);
  const problem = stateDictProblem(entries, state);
  if (problem !== null) throw new RangeError(`The state is not one of ${network.name}; ${problem}.`);
  return new Map(
    entries.flatMap(({ key }) => {
      const tensor = state.get(key);
      return tensor === undefined ? [] : [[key, tensor] as const];
    }),
  );
}

/**
 * A safetensors file with PyTorch's names, shapes and layouts, in state_dict order.
 * @throws RangeError when the state is not this network's
 */
export function encodeWeights(network: NetworkSpec, state: StateDict): Uint8Array<ArrayBuffer> {
  // `format: pt` is what PyTorch tools write and some demand.
  return encodeSafetensors(orderedState(network, state), { format: 'pt', network: network.id });
}
