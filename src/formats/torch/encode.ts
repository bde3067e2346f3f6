/** Writes a state_dict as torch.save does: the zip form, whose pickle needs no name outside of torch.load's `weights_only` list. */
import { writeZip } from '@/formats/zip';
import { orderedState } from '@/formats/checkpoint';
import type { NetworkSpec } from '@/model/layers';
import type { StateDict, TensorData } from '@/model/tensor';

const storageClasses = { F32: 'FloatStorage', I64: 'LongStorage', U8: 'ByteStorage' } as const;

/** The opcodes of protocol 2 that such a file needs. */
class PickleWriter {
  readonly #bytes: number[] = [0x80, 2];

  #put(...bytes: readonly number[]): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }
  #u32(value: number): void {
    this.#put(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
  }
  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.#put(0x58);
    this.#u32(bytes.length);
    this.#put(...bytes);
  }
  name(module: string, name: string): void {
    this.#put(0x63, ...new TextEncoder().encode(`${module}\n${name}\n`));
  }
  /** Up to 2^31, more than a file holds. */
  integer(value: number): void {
    this.#put(0x4a);
    this.#u32(value);
  }
  no(): void {
    this.#put(0x89);
  }
  tuple(write: () => void): void {
    this.#put(0x28);
    write();
    this.#put(0x74);
  }
  /** Calls what was put before the tuple of its arguments. */
  call(): void {
    this.#put(0x52);
  }
  persistent(): void {
    this.#put(0x51);
  }
  orderedDict(writeItems: () => void): void {
    this.name('collections', 'OrderedDict');
    this.#put(0x29, 0x52, 0x28);
    writeItems();
    this.#put(0x75);
  }
  end(): Uint8Array<ArrayBuffer> {
    this.#put(0x2e);
    return Uint8Array.from(this.#bytes);
  }
}

function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((size, next) => size * next, 1));
}

function writeTensor(pickle: PickleWriter, key: string, { dtype, shape, data }: TensorData): void {
  const integers = (values: readonly number[]): void =>
    pickle.tuple(() => {
      for (const value of values) pickle.integer(value);
    });
  pickle.name('torch._utils', '_rebuild_tensor_v2');
  pickle.tuple(() => {
    pickle.tuple(() => {
      pickle.text('storage');
      pickle.name('torch', storageClasses[dtype]);
      pickle.text(key);
      pickle.text('cpu');
      pickle.integer(data.length);
    });
    pickle.persistent();
    pickle.integer(0);
    integers(shape);
    integers(stridesOf(shape));
    // requires_grad, and no hooks.
    pickle.no();
    pickle.orderedDict(() => undefined);
  });
  pickle.call();
}

/**
 * A .pth file with PyTorch's names, shapes and layouts, in state_dict order.
 * @throws RangeError when the state is not this network's
 */
export function encodeTorch(network: NetworkSpec, state: StateDict): Promise<Uint8Array<ArrayBuffer>> {
  const tensors = [...orderedState(network, state)];
  const pickle = new PickleWriter();
  pickle.orderedDict(() => {
    for (const [at, [key, tensor]] of tensors.entries()) {
      pickle.text(key);
      writeTensor(pickle, String(at), tensor);
    }
  });
  const folder = network.id;
  const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value);
  return writeZip([
    { name: `${folder}/data.pkl`, data: pickle.end() },
    { name: `${folder}/byteorder`, data: text('little') },
    ...tensors.map(([, { data }], at) => ({
      name: `${folder}/data/${at}`,
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    })),
    { name: `${folder}/version`, data: text('3\n') },
  ]);
}
