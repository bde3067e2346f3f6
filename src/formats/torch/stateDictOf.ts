/** The state_dict in what torch.save wrote: the whole of it, or one entry of a checkpoint. */
import { FormatError, shortName } from '@/formats/formatError';
import type { NamedArray, NamedArrays } from '@/formats/namedArrays';
import { PickledCall, PickledName } from '@/formats/torch/pickle';
import { arrayOf, Tensor, type ReadStorage, type Storage } from '@/formats/torch/tensors';

/** Under which names checkpoints keep it, in order of precedence. */
const usualKeys = ['model_state_dict', 'state_dict', 'model'] as const;
const listedKeys = 20;

const holdsTensors = (value: unknown): value is Map<unknown, unknown> =>
  value instanceof Map && [...value.values()].some((item) => item instanceof Tensor);

/** `mynn.Net` of an object of that class. */
function classOf(value: unknown): string | null {
  if (!(value instanceof PickledCall)) return null;
  // copyreg's way of making an object names its class first.
  const { called, args } = value;
  const name = called instanceof PickledName && called.path.startsWith('copyreg.') ? args[0] : called;
  return name instanceof PickledName ? name.path : null;
}

/** What hangs on a pickled torch.nn.Module. */
const isModule = (value: unknown): boolean =>
  value instanceof PickledCall && value.state instanceof Map && value.state.has('_parameters');

function wholeModule(value: unknown, key: string | null): FormatError {
  const path = classOf(value) ?? '';
  const isScript = path.startsWith('__torch__.');
  const className = shortName(path.split('.').at(-1) ?? '');
  return new FormatError(
    { kind: 'whole_module', className, key, isScript },
    `The file holds a whole ${isScript ? 'TorchScript ' : ''}module, ${className}, not its state_dict.`,
  );
}

function findStateDict(root: unknown): Map<unknown, unknown> {
  const given = root instanceof Map ? (root as Map<unknown, unknown>) : new Map<unknown, unknown>();
  const inside = usualKeys.map((key) => given.get(key)).find(holdsTensors);
  if (inside !== undefined) return inside;
  if (holdsTensors(root)) return root;
  // A state_dict of a network without parameters is empty as well.
  if (root instanceof Map && root.size === 0) return given;
  if (isModule(root) || classOf(root)?.startsWith('__torch__.') === true) throw wholeModule(root, null);
  const key = usualKeys.find((name) => isModule(given.get(name)));
  if (key !== undefined) throw wholeModule(given.get(key), key);
  const keys = [...given.keys()].map((name) => shortName(String(name)));
  throw new FormatError(
    { kind: 'no_state_dict', keys: { count: keys.length, first: keys.slice(0, listedKeys) } },
    'The file holds no state_dict.',
  );
}

/** Reads a storage that several tensors look into once, and no more than one of them is kept. */
function lastKept(readStorage: ReadStorage): ReadStorage {
  let last: { readonly storage: Storage; readonly bytes: Uint8Array<ArrayBuffer> } | null = null;
  return async (storage) => {
    if (last?.storage === storage) return last.bytes;
    // Not both at once.
    last = null;
    const bytes = await readStorage(storage);
    last = { storage, bytes };
    return bytes;
  };
}

/** Its entries. What is no tensor keeps its name, and fits no network. @throws FormatError */
export function stateDictOf(root: unknown, readStorage: ReadStorage): NamedArrays {
  const entries = [...findStateDict(root)].filter(
    (entry): entry is [string, unknown] => typeof entry[0] === 'string',
  );
  const users = new Map<Storage, number>();
  for (const [, value] of entries)
    if (value instanceof Tensor) users.set(value.storage, (users.get(value.storage) ?? 0) + 1);
  const readShared = lastKept(readStorage);
  return new Map(
    entries.map(([key, value]): [string, NamedArray] => {
      if (!(value instanceof Tensor))
        return [key, { dtype: 'object', shape: [], read: async () => new Uint8Array() }];
      const isShared = (users.get(value.storage) ?? 0) > 1;
      return [key, arrayOf(key, value, isShared ? readShared : readStorage, isShared)];
    }),
  );
}
