/** The weights of a network as a file that PyTorch's load_state_dict(strict=True) takes, and back. */
import { FormatError } from '@/formats/formatError';
import { decodeSafetensors, encodeSafetensors } from '@/formats/safetensors';
import type { NetworkSpec } from '@/model/layers';
import { stateEntries } from '@/model/stateDict';
import type { StateDict, TensorData } from '@/model/tensor';

/** How named tensors differ from what a network needs; all empty when they fit. */
export interface StateDictMismatch {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly differing: readonly {
    readonly key: string;
    /** Such as `F32 [10, 84]`. */
    readonly expected: string;
    readonly given: string;
  }[];
}

const describeTensor = ({ dtype, shape }: Pick<TensorData, 'dtype' | 'shape'>): string =>
  `${dtype} [${shape.join(', ')}]`;

/** Compares the names, types and shapes of `tensors` with the network's state_dict. */
export function checkStateDict(network: NetworkSpec, tensors: StateDict): StateDictMismatch {
  const entries = stateEntries(network);
  const known = new Set(entries.map((entry) => entry.key));
  return {
    missing: entries.filter(({ key }) => !tensors.has(key)).map(({ key }) => key),
    unexpected: [...tensors.keys()].filter((key) => !known.has(key)),
    differing: entries.flatMap((entry) => {
      const tensor = tensors.get(entry.key);
      if (tensor === undefined) return [];
      const expected = describeTensor(entry);
      const given = describeTensor(tensor);
      return expected === given ? [] : [{ key: entry.key, expected, given }];
    }),
  };
}

export function fits(mismatch: StateDictMismatch): boolean {
  return mismatch.missing.length + mismatch.unexpected.length + mismatch.differing.length === 0;
}

function listed(items: readonly string[], shown = 8): string {
  const rest = items.length - shown;
  return items.slice(0, shown).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** The mismatch in words; the longer lists are cut. */
export function describeMismatch(network: NetworkSpec, mismatch: StateDictMismatch): string {
  const differing = mismatch.differing.map((d) => `${d.key} is ${d.given} instead of ${d.expected}`);
  const parts = [
    mismatch.missing.length > 0 ? `missing: ${listed(mismatch.missing)}` : '',
    mismatch.unexpected.length > 0 ? `unexpected: ${listed(mismatch.unexpected)}` : '',
    differing.length > 0 ? `different: ${listed(differing)}` : '',
  ].filter((part) => part !== '');
  return `These weights do not fit ${network.name}; ${parts.join('; ')}.`;
}

/** These weights do not fit this network; `mismatch` says where. */
export class MismatchError extends FormatError {
  readonly mismatch: StateDictMismatch;
  constructor(network: NetworkSpec, mismatch: StateDictMismatch) {
    super('mismatch', describeMismatch(network, mismatch));
    this.mismatch = mismatch;
  }
}

/** The network's own tensors, in state_dict order. @throws MismatchError when they do not fit. */
export function orderedStateDict(network: NetworkSpec, tensors: StateDict): StateDict {
  const mismatch = checkStateDict(network, tensors);
  if (!fits(mismatch)) throw new MismatchError(network, mismatch);
  return new Map(
    stateEntries(network).flatMap(({ key }) => {
      const tensor = tensors.get(key);
      return tensor === undefined ? [] : [[key, tensor] as const];
    }),
  );
}

/** A safetensors file with PyTorch's names, shapes and layouts. @throws MismatchError when the state is not this network's. */
export function encodeWeights(network: NetworkSpec, state: StateDict): Uint8Array<ArrayBuffer> {
  // `format: pt` is what PyTorch tools write and some demand.
  return encodeSafetensors(orderedStateDict(network, state), { format: 'pt', network: network.id });
}

/** @throws FormatError for a damaged file, MismatchError for one of another network. */
export function decodeWeights(network: NetworkSpec, bytes: Uint8Array<ArrayBuffer>): StateDict {
  return orderedStateDict(network, decodeSafetensors(bytes).tensors);
}
