/** Fields whose text is not a usable value just now: a run must not start with something else than what they show. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { HyperparameterKey } from '@/model/hyperparameter';

const invalidFields = createStore<ReadonlySet<HyperparameterKey>>(() => new Set());

export function markField(key: HyperparameterKey, isInvalid: boolean): void {
  const current = invalidFields.getState();
  if (current.has(key) === isInvalid) return;
  const next = new Set(current);
  if (isInvalid) next.add(key);
  else next.delete(key);
  invalidFields.setState(next, true);
}

export function useHasInvalidField(): boolean {
  return useStore(invalidFields, (keys) => keys.size > 0);
}
