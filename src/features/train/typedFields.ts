/** What is being typed into the settings, as far as the rest of the page must know. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { HyperparameterKey } from '@/model/hyperparameter';

interface TypedFields {
  /** Fields whose text is not a usable value just now: a run must not start with something else than what they show. */
  readonly invalid: ReadonlySet<HyperparameterKey>;
  /** Counts whole settings that took the place of others: what was typed for those is dropped. */
  readonly settings: number;
}

const typedFields = createStore<TypedFields>(() => ({ invalid: new Set(), settings: 0 }));

export function markField(key: HyperparameterKey, isInvalid: boolean): void {
  const { invalid } = typedFields.getState();
  if (invalid.has(key) === isInvalid) return;
  const next = new Set(invalid);
  if (isInvalid) next.add(key);
  else next.delete(key);
  typedFields.setState({ invalid: next });
}

/** For a preset or a fix, also where it gives a field the value that it has. */
export function dropTypedText(): void {
  typedFields.setState(({ settings }) => ({ settings: settings + 1 }));
}

export function useHasInvalidField(): boolean {
  return useStore(typedFields, ({ invalid }) => invalid.size > 0);
}

export function useSettingsCount(): number {
  return useStore(typedFields, ({ settings }) => settings);
}
