/** Where named tensors differ from what a network's state_dict asks for. */
import type { StateEntry } from '@/model/stateDict';
import { sizeOf, type StateDict } from '@/model/tensor';

export interface TensorForm {
  /** `F32`, `I64`, ... */
  readonly dtype: string;
  readonly shape: readonly number[];
}

export interface NamedForm extends TensorForm {
  readonly key: string;
}

export interface FormDifference {
  readonly key: string;
  readonly expected: TensorForm;
  readonly given: TensorForm;
}

/** In the order of the network, of the tensors where it has no such key; all empty when they fit. */
export interface StateDictDifference {
  readonly missing: readonly NamedForm[];
  readonly unexpected: readonly NamedForm[];
  readonly differing: readonly FormDifference[];
}

export function formOf({ dtype, shape }: TensorForm): TensorForm {
  return { dtype, shape };
}

const isSameForm = (a: TensorForm, b: TensorForm): boolean =>
  a.dtype === b.dtype && a.shape.join() === b.shape.join();

/** The one check of a state_dict: every key there, none besides, each of its type and shape. */
export function compareStateDict(
  entries: readonly StateEntry[],
  tensors: ReadonlyMap<string, TensorForm>,
): StateDictDifference {
  const known = new Set(entries.map(({ key }) => key));
  return {
    missing: entries
      .filter(({ key }) => !tensors.has(key))
      .map((entry) => ({ key: entry.key, ...formOf(entry) })),
    unexpected: [...tensors]
      .filter(([key]) => !known.has(key))
      .map(([key, tensor]) => ({ key, ...formOf(tensor) })),
    differing: entries.flatMap((entry) => {
      const given = tensors.get(entry.key);
      if (given === undefined || isSameForm(entry, given)) return [];
      return [{ key: entry.key, expected: formOf(entry), given: formOf(given) }];
    }),
  };
}

export function isEqual({ missing, unexpected, differing }: StateDictDifference): boolean {
  return missing.length + unexpected.length + differing.length === 0;
}

const described = ({ dtype, shape }: TensorForm): string => `${dtype} [${shape.join(', ')}]`;

function listed(title: string, items: readonly string[], shown = 8): string[] {
  if (items.length === 0) return [];
  const rest = items.length - shown;
  return [`${title}: ${items.slice(0, shown).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`];
}

/** English, for the console and for errors of the program itself; longer lists are cut. */
export function describeDifference({ missing, unexpected, differing }: StateDictDifference): string {
  return [
    ...listed(
      'missing',
      missing.map(({ key }) => key),
    ),
    ...listed(
      'unexpected',
      unexpected.map(({ key }) => key),
    ),
    ...listed(
      'different',
      differing.map(
        ({ key, expected, given }) => `${key} is ${described(given)} instead of ${described(expected)}`,
      ),
    ),
  ].join('; ');
}

/** Why a state_dict is not one of these entries, in English: its keys, their forms or their numbers of values; null where it is. */
export function stateDictProblem(entries: readonly StateEntry[], state: StateDict): string | null {
  const difference = compareStateDict(entries, state);
  if (!isEqual(difference)) return describeDifference(difference);
  for (const [key, { data, shape }] of state) {
    if (data.length !== sizeOf(shape)) return `${key} has ${data.length} values, not ${sizeOf(shape)}`;
  }
  return null;
}
