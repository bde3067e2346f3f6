/** Whether a state is one of the run that an engine has compiled. */
import { EngineError, type EngineState } from '@/engine/engine';
import { optimizerSlots } from '@/model/optimizers';
import type { RunConfig } from '@/model/runConfig';
import { parameterEntries, stateEntries, type StateEntry } from '@/model/stateDict';
import { stateDictProblem } from '@/model/stateDictDifference';
import type { StateDict } from '@/model/tensor';

/** @throws EngineError `state` naming what does not fit the network, or slots that its optimizer does not keep. */
export function checkEngineState(
  { network, optimizer }: RunConfig,
  state: Pick<EngineState, 'parameters' | 'optimizer'>,
): void {
  checkStateDict(state.parameters, stateEntries(network), 'state');
  const wanted = optimizerSlots(optimizer);
  const given = Object.keys(state.optimizer);
  if (given.length > 0 && given.toSorted().join() !== wanted.toSorted().join()) {
    throw new EngineError(
      'state',
      `The optimizer state has the slots ${given.join(', ')}; ${optimizer.kind} keeps ${wanted.join(', ') || 'none'}.`,
    );
  }
  const trained = parameterEntries(network);
  for (const [slot, values] of Object.entries(state.optimizer))
    checkStateDict(values, trained, `optimizer state ${slot}`);
}

/**
 * The entries of these names, in state_dict order; all where none are named.
 * @throws EngineError `state` naming the keys that the network does not have.
 */
export function entriesNamed(
  entries: readonly StateEntry[],
  names: readonly string[] | undefined,
): readonly StateEntry[] {
  if (names === undefined) return entries;
  const wanted = new Set(names);
  const found = entries.filter(({ key }) => wanted.delete(key));
  if (wanted.size > 0) {
    throw new EngineError('state', `The network has no parameter ${[...wanted].join(', ')}.`);
  }
  return found;
}

/** @throws EngineError `state` that lists missing, unexpected and differing keys. */
function checkStateDict(state: StateDict, entries: readonly StateEntry[], what: string): void {
  const problem = stateDictProblem(entries, state);
  if (problem !== null) throw new EngineError('state', `The ${what} does not fit the network: ${problem}.`);
}
