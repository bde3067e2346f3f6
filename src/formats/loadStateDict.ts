/**
 * What becomes of named arrays that are to be a network's weights: what PyTorch's load_state_dict(strict=True) makes of them.
 * Its rules, from torch/nn/modules/module.py and batchnorm.py, with PyTorch 1.13 as the oracle:
 *
 * - Every key must be there, and none besides. But num_batches_tracked may be absent, as in files from before PyTorch 0.4.1:
 *   it becomes 0. And a key that is a module's own path (`conv1` beside `conv1.weight`), or that goes on below a tensor's
 *   (`conv1.weight.old`), is passed over; PyTorch from 2.1 on refuses it.
 * - Shapes must be equal. But where a scalar is asked for, of a list the first value is taken; a current PyTorch refuses a
 *   list of several.
 * - Numbers of any type are converted, as `copy_` does it (numberTypes.ts).
 *
 * Beyond it, wrappers' prefixes are taken off: `module.` of DataParallel and `_orig_mod.` of torch.compile.
 */
import { FormatError, shortName } from '@/formats/formatError';
import type { NamedArray, NamedArrays } from '@/formats/namedArrays';
import { isNumberType, itemBytes, toFloat32, toInt64, type NumberTypeName } from '@/formats/numberTypes';
import { nearestName } from '@/formats/nearestName';
import { standardNetworks } from '@/model/standardNetworks';
import type { NetworkSpec } from '@/model/layers';
import { stateEntries, type StateEntry } from '@/model/stateDict';
import {
  compareStateDict,
  describeDifference,
  formOf,
  isEqual,
  type StateDictDifference,
  type TensorForm,
} from '@/model/stateDictDifference';
import { sizeOf, type StateDict, type TensorData } from '@/model/tensor';
import type { Listed, LoadReport, NonFinite, StateDictMismatch } from '@/model/weightFiles';

export interface LoadedStateDict {
  /** In state_dict order. */
  readonly parameters: StateDict;
  readonly report: LoadReport;
}

const wrapper = /^(module\.|_orig_mod\.)/;
/** Nobody wraps a network more often; a name may be of any length. */
const mostWrappers = 16;

/** The wrappers' prefixes that all keys share, such as `_orig_mod.module.`; empty for none. */
function commonWrappers(keys: Iterable<string>): string[] {
  let common: string[] | null = null;
  for (const key of keys) {
    const own: string[] = [];
    let rest = key;
    while (own.length < (common?.length ?? mostWrappers)) {
      const found = wrapper.exec(rest)?.[0];
      if (found === undefined || (common !== null && common[own.length] !== found)) break;
      own.push(found);
      rest = rest.slice(found.length);
    }
    common = own;
  }
  return common ?? [];
}

/** What stands before the names of the file and not before the network's own, which may have a layer `module`. */
function wrapperPrefix(entries: readonly StateEntry[], keys: Iterable<string>): string {
  const own = commonWrappers(entries.map(({ key }) => key)).length;
  const given = commonWrappers(keys);
  return given.slice(0, Math.max(0, given.length - own)).join('');
}

/** Whether load_state_dict passes over a key: the path of a module, or one below a tensor. */
function ignoredKeys(entries: readonly StateEntry[]): (key: string) => boolean {
  const tensors = new Set(entries.map(({ key }) => key));
  const modules = new Set(
    [...tensors].flatMap((key) => {
      const parts = key.split('.');
      return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('.'));
    }),
  );
  const longest = Math.max(...[...tensors].map((key) => key.length));
  return (key) => {
    if (tensors.has(key)) return false;
    if (modules.has(key)) return true;
    for (let point = key.indexOf('.'); point >= 0 && point <= longest; point = key.indexOf('.', point + 1)) {
      if (tensors.has(key.slice(0, point))) return true;
    }
    return false;
  };
}

const isCounter = ({ dtype, role }: StateEntry): boolean => role === 'buffer' && dtype === 'I64';

/** The form that a tensor has once it is copied into the entry; its own where it cannot be. */
function formOnceCopied(entry: StateEntry, given: TensorForm): TensorForm {
  const isScalarInList = entry.shape.length === 0 && given.shape.length === 1 && given.shape[0] !== 0;
  const shape = isScalarInList ? entry.shape : given.shape;
  return isNumberType(given.dtype) ? { dtype: entry.dtype, shape } : { ...formOf(given), shape };
}

interface Matched<T extends TensorForm> {
  readonly prefix: string;
  /** Under the network's names. */
  readonly tensors: ReadonlyMap<string, T>;
  readonly ignored: readonly string[];
  readonly absentCounters: readonly string[];
  readonly firstOfSeveral: readonly string[];
  readonly difference: StateDictDifference;
}

function matchStateDict<T extends TensorForm>(
  network: NetworkSpec,
  given: ReadonlyMap<string, T>,
): Matched<T> {
  const entries = stateEntries(network);
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  const prefix = wrapperPrefix(entries, given.keys());
  const isIgnored = ignoredKeys(entries);
  const ignored: string[] = [];
  const tensors = new Map<string, T>();
  const forms = new Map<string, TensorForm>();
  for (const [name, tensor] of given) {
    const key = name.slice(prefix.length);
    const entry = byKey.get(key);
    if (entry === undefined && isIgnored(key)) ignored.push(name);
    else {
      tensors.set(key, tensor);
      forms.set(key, entry === undefined ? tensor : formOnceCopied(entry, tensor));
    }
  }
  const firstOfSeveral = entries.filter(
    ({ key, shape }) => shape.length === 0 && (tensors.get(key)?.shape[0] ?? 1) > 1,
  );
  const absentCounters = entries.filter((entry) => isCounter(entry) && !forms.has(entry.key));
  for (const entry of absentCounters) forms.set(entry.key, entry);
  return {
    prefix,
    tensors,
    ignored,
    absentCounters: absentCounters.map(({ key }) => key),
    firstOfSeveral: firstOfSeveral.map(({ key }) => key),
    difference: compareStateDict(entries, forms),
  };
}

/** Enough to see what is wrong; a file may have hundreds of thousands. */
const listedKeys = 20;

function listed<T>(items: readonly T[], cut: (item: T) => T): Listed<T> {
  return { count: items.length, first: items.slice(0, listedKeys).map(cut) };
}

const cutName = <T extends { readonly key: string }>(item: T): T => ({ ...item, key: shortName(item.key) });

/** Spares comparing hundreds of thousands of names with every network. */
const fitsInNumber = (network: NetworkSpec, given: ReadonlyMap<string, TensorForm>): boolean =>
  given.size <= 2 * stateEntries(network).length;

/** The missing keys, each with the name of the file that it was probably meant by. */
function withNearest({ missing, unexpected }: StateDictDifference): StateDictMismatch['missing'] {
  const { count, first } = listed(missing, cutName);
  return {
    count,
    first: first.map((form) => {
      const nearest = nearestName(form, unexpected);
      return { ...form, nearest: nearest === null ? null : shortName(nearest) };
    }),
  };
}

function mismatchError<T extends TensorForm>(
  network: NetworkSpec,
  given: ReadonlyMap<string, T>,
  { difference, prefix }: Matched<T>,
): FormatError {
  const fits = standardNetworks.find(
    (other) => fitsInNumber(other, given) && isEqual(matchStateDict(other, given).difference),
  );
  const mismatch: StateDictMismatch = {
    kind: 'mismatch',
    missing: withNearest(difference),
    unexpected: listed(difference.unexpected, cutName),
    differing: listed(difference.differing, cutName),
    prefix: shortName(prefix),
    fits: fits?.name ?? null,
  };
  const short = {
    missing: mismatch.missing.first,
    unexpected: mismatch.unexpected.first,
    differing: mismatch.differing.first,
  };
  return new FormatError(mismatch, `These weights do not fit ${network.name}; ${describeDifference(short)}.`);
}

async function copyTensor({ dtype, shape }: StateEntry, given: NamedArray): Promise<TensorData> {
  const type = given.dtype as NumberTypeName;
  const bytes = await given.read(sizeOf(shape) * itemBytes(type));
  return dtype === 'I64'
    ? { dtype, shape, data: toInt64(type, bytes) }
    : { dtype, shape, data: toFloat32(type, bytes) };
}

function countNonFinite(key: string, { dtype, data }: TensorData): NonFinite[] {
  if (dtype !== 'F32') return [];
  let nan = 0;
  let infinite = 0;
  // By index: five times as fast as an iterator, over up to 134 million values.
  for (let i = 0; i < data.length; i += 1) {
    const value = data[i] ?? 0;
    if (Number.isFinite(value)) continue;
    if (Number.isNaN(value)) nan += 1;
    else infinite += 1;
  }
  return nan + infinite === 0 ? [] : [{ key, nan, infinite, size: data.length }];
}

/**
 * The network's state from a file's arrays; only what the network needs is read, and nothing where they do not fit.
 * @throws FormatError `mismatch`, or `unreadable`
 */
export async function loadStateDict(network: NetworkSpec, given: NamedArrays): Promise<LoadedStateDict> {
  const matched = matchStateDict(network, given);
  if (!isEqual(matched.difference)) throw mismatchError(network, given, matched);
  const parameters = new Map<string, TensorData>();
  for (const entry of stateEntries(network)) {
    const { key, shape } = entry;
    const tensor = matched.tensors.get(key);
    parameters.set(
      key,
      tensor === undefined
        ? { dtype: 'I64', shape, data: new BigInt64Array(1) }
        : await copyTensor(entry, tensor),
    );
  }
  return {
    parameters,
    report: {
      tensors: parameters.size,
      prefix: shortName(matched.prefix),
      absentCounters: matched.absentCounters.length,
      ignored: listed(matched.ignored, shortName),
      firstOfSeveral: listed(matched.firstOfSeveral, shortName),
      nonFinite: [...parameters].flatMap(([key, tensor]) => countNonFinite(key, tensor)),
    },
  };
}
