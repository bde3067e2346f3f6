/** Tensors in the pickles of torch.save: views into storages, as torch/_utils.py and torch/serialization.py rebuild them. */
import { damagedPickle, PickledName, type PickleReading } from '@/formats/torch/pickle';
import { FormatError, shortName } from '@/formats/formatError';
import type { NamedArray } from '@/formats/namedArrays';
import { itemBytes, type NumberTypeName } from '@/formats/numberTypes';

/** Classes of storages, and the dtypes that an untyped one is given. */
const storageTypes: Readonly<Record<string, NumberTypeName>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
  ComplexFloatStorage: 'C64',
};
const dtypes: Readonly<Record<string, NumberTypeName>> = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint8: 'U8',
  uint16: 'U16',
  uint32: 'U32',
  uint64: 'U64',
  bool: 'BOOL',
  complex64: 'C64',
  float8_e5m2: 'F8_E5M2',
  float8_e4m3fn: 'F8_E4M3',
  float8_e8m0fnu: 'F8_E8M0',
};

/** PyTorch allows 64. */
const mostDimensions = 64;

/** A piece of memory that tensors look into. */
export class Storage {
  readonly key: string;
  /** Null: of a type that is not read, such as quantised numbers. */
  readonly type: NumberTypeName | null;
  /** Its class in torch. */
  readonly className: string;
  /** Values, or bytes of an untyped one. */
  readonly count: number;
  constructor(key: string, className: string, count: number) {
    this.key = key;
    this.className = className;
    this.type = Object.hasOwn(storageTypes, className) ? (storageTypes[className] ?? null) : null;
    this.count = count;
  }
  /** Bytes of all of it. */
  get bytes(): number {
    return this.count * (this.type === null ? 1 : itemBytes(this.type));
  }
}

/** The numbers of a storage at offset + index . stride. */
export class Tensor {
  readonly storage: Storage;
  readonly type: NumberTypeName | null;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(storage: Storage, type: NumberTypeName | null, view: readonly unknown[]) {
    const [offset, shape, strides] = view;
    if (!isCount(offset) || !isCounts(shape) || !isCounts(strides) || shape.length !== strides.length)
      throw damagedPickle('a tensor without a place');
    this.storage = storage;
    this.type = type;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  /** The first value behind its last, counted in the storage. */
  get end(): number {
    if (this.shape.includes(0)) return this.offset;
    return this.shape.reduce(
      (sum, size, axis) => sum + (size - 1) * (this.strides[axis] ?? 0),
      this.offset + 1,
    );
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= mostDimensions && value.every(isCount);

function rebuiltTensor([storage, offset, shape, strides]: readonly unknown[]): Tensor {
  if (!(storage instanceof Storage)) throw damagedPickle('a tensor without a storage');
  return new Tensor(storage, storage.type, [offset, shape, strides]);
}

/** Of an untyped storage: its type stands beside it. */
function rebuiltWithType(args: readonly unknown[]): Tensor {
  const [storage, offset, shape, strides, , , dtype] = args;
  if (!(storage instanceof Storage) || !(dtype instanceof PickledName))
    throw damagedPickle('a tensor without a type');
  const name = dtype.path.replace(/^torch\./u, '');
  const type = Object.hasOwn(dtypes, name) ? (dtypes[name] ?? null) : null;
  return new Tensor(storage, type, [offset, shape, strides]);
}

const ofParameter = ([data]: readonly unknown[]): unknown => data;
const ofPairs = (pairs: readonly unknown[]): Map<unknown, unknown> =>
  new Map(
    (Array.isArray(pairs[0]) ? (pairs[0] as unknown[]) : []).flatMap((pair) =>
      Array.isArray(pair) && pair.length === 2 ? [[pair[0] as unknown, pair[1] as unknown]] : [],
    ),
  );

/** The names whose calls are known, each with what stands for the call here: none of them is Python's. */
const constructors: Readonly<Record<string, (args: readonly unknown[]) => unknown>> = {
  'collections.OrderedDict': ofPairs,
  'collections.defaultdict': () => new Map(),
  'torch._utils._rebuild_tensor': rebuiltTensor,
  'torch._utils._rebuild_tensor_v2': rebuiltTensor,
  'torch._utils._rebuild_tensor_v3': rebuiltWithType,
  'torch._utils._rebuild_parameter': ofParameter,
  'torch._utils._rebuild_parameter_with_state': ofParameter,
  // A number in a checkpoint, such as an epoch: torch.Size is a tuple.
  'torch.Size': ([sizes]) => sizes,
};

/** ('storage', class, key, device, count); what else a legacy file names, such as ('module', class, source), stands for itself. */
function loaded(id: unknown, seen: Map<string, Storage>): unknown {
  const [kind, type, key, , count, view] = Array.isArray(id) ? (id as unknown[]) : [];
  if (kind === 'module') return type;
  const name = type instanceof PickledName ? (type.path.split('.').at(-1) ?? '') : '';
  if (kind !== 'storage' || typeof key !== 'string' || !isCount(count))
    throw damagedPickle('a storage without a key');
  // PyTorch 0.3 and before.
  if (Array.isArray(view)) throw damagedPickle('a storage that is a part of another');
  const storage = seen.get(key) ?? new Storage(key, name, count);
  if (storage.className !== name || storage.count !== count) throw damagedPickle('a storage of two types');
  seen.set(key, storage);
  return storage;
}

/** How a pickle of torch.save is read; `storages` gets those that it names. */
export function tensorReading(storages: Map<string, Storage>): PickleReading {
  return {
    construct: (path, args) => (Object.hasOwn(constructors, path) ? constructors[path]?.(args) : undefined),
    load: (id) => loaded(id, storages),
  };
}

/** Reads all bytes of a storage, little-endian. */
export type ReadStorage = (storage: Storage) => Promise<Uint8Array<ArrayBuffer>>;

/** The first `count` values in row-major order, one after the other. */
function gathered(
  source: Uint8Array<ArrayBuffer>,
  { shape, strides, offset }: Tensor,
  size: number,
  count: number,
) {
  const found = new Uint8Array(count * size);
  const index = shape.map(() => 0);
  let at = offset;
  for (let i = 0; i < count; i += 1) {
    for (let byte = 0; byte < size; byte += 1) found[i * size + byte] = source[at * size + byte] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      at += strides[axis] ?? 0;
      index[axis] = (index[axis] ?? 0) + 1;
      if ((index[axis] ?? 0) < (shape[axis] ?? 0)) break;
      at -= (strides[axis] ?? 0) * (shape[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return found;
}

function isContiguous({ shape, strides }: Tensor): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis] ?? 0;
  }
  return true;
}

/** A tensor as a file's array. `isShared`: others look into its storage too, so what is read is copied. */
export function arrayOf(
  name: string,
  tensor: Tensor,
  readStorage: ReadStorage,
  isShared: boolean,
): NamedArray {
  const { type, storage, shape } = tensor;
  if (type === null) {
    const dtype = shortName(storage.className);
    throw new FormatError(
      { kind: 'dtype', key: shortName(name), dtype },
      `"${shortName(name)}" has the type ${dtype}.`,
    );
  }
  return {
    dtype: type,
    shape,
    read: async (length) => {
      const size = itemBytes(type);
      const bytes = await readStorage(storage);
      if (tensor.end * size > Math.min(bytes.length, storage.bytes)) {
        throw new FormatError({ kind: 'damaged' }, `"${shortName(name)}" reaches beyond its storage.`);
      }
      if (!isContiguous(tensor)) return gathered(bytes, tensor, size, length / size);
      const begin = tensor.offset * size;
      return !isShared && begin === 0 && length === bytes.length ? bytes : bytes.slice(begin, begin + length);
    },
  };
}
