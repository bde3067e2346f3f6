/**
 * Python's pickle, read as data. A pickle is a program that may call anything; here an opcode that no file of weights needs is
 * refused, and a name that is called is looked up among `constructors` alone: of all others the call is kept as it stands, and never
 * made. The opcodes are those of Lib/pickletools.py that protocols 2 to 5 write for dicts, lists, tuples, numbers, texts and objects.
 */
import { FormatError } from '@/formats/formatError';

/** A name in a module, such as torch.FloatStorage. */
export class PickledName {
  /** `torch._utils._rebuild_tensor_v2` */
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
}

/** A call that was not made: what was to be called, with what, and what it was then given. */
export class PickledCall {
  readonly called: unknown;
  readonly args: readonly unknown[];
  state: unknown = null;
  constructor(called: unknown, args: readonly unknown[]) {
    this.called = called;
    this.args = args;
  }
}

export type PickledDict = Map<unknown, unknown>;

export interface PickleReading {
  /** What stands for the call of a name; undefined: nothing is known of it. Tuples and lists are arrays, dicts are Maps. */
  readonly construct: (path: string, args: readonly unknown[]) => unknown;
  /** What a persistent id stands for. */
  readonly load: (id: unknown) => unknown;
}

export function damagedPickle(what: string): FormatError {
  return new FormatError({ kind: 'damaged' }, `The pickle in it cannot be read: ${what}.`);
}

const text = new TextDecoder();

class Machine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly reading: PickleReading;
  position: number;
  stack: unknown[] = [];
  readonly #marks: unknown[][] = [];
  readonly #memo = new Map<number, unknown>();

  constructor(bytes: Uint8Array, begin: number, reading: PickleReading) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = begin;
    this.reading = reading;
  }

  /** The place of the next `count` bytes. */
  #take(count: number): number {
    const at = this.position;
    if (at + count > this.#bytes.length) throw damagedPickle('it ends too early');
    this.position = at + count;
    return at;
  }
  u8 = (): number => this.#view.getUint8(this.#take(1));
  u16 = (): number => this.#view.getUint16(this.#take(2), true);
  u32 = (): number => this.#view.getUint32(this.#take(4), true);
  i32 = (): number => this.#view.getInt32(this.#take(4), true);
  u64 = (): number => Number(this.#view.getBigUint64(this.#take(8), true));
  f64 = (): number => this.#view.getFloat64(this.#take(8), false);
  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }
  text = (count: number): string => text.decode(this.bytes(count));
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end < 0) throw damagedPickle('it ends too early');
    const found = this.text(end - this.position);
    this.position = end + 1;
    return found;
  }
  /** Little-endian two's complement; a number where it is exact. */
  integer(count: number): number | bigint {
    if (count > 64) throw damagedPickle(`a number of ${count} bytes`);
    const value = this.bytes(count).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
    const signed = BigInt.asIntN(8 * count, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  push(value: unknown): void {
    this.stack.push(value);
  }
  pop(): unknown {
    if (this.stack.length === 0) throw damagedPickle('its stack is empty');
    return this.stack.pop();
  }
  top(): unknown {
    if (this.stack.length === 0) throw damagedPickle('its stack is empty');
    return this.stack.at(-1);
  }
  /** The last `count` values, in order. */
  several(count: number): unknown[] {
    if (this.stack.length < count) throw damagedPickle('its stack is empty');
    return this.stack.splice(this.stack.length - count);
  }
  mark(): void {
    this.#marks.push(this.stack);
    this.stack = [];
  }
  /** What was put since the last mark. */
  toMark(): unknown[] {
    const before = this.#marks.pop();
    if (before === undefined) throw damagedPickle('a mark is missing');
    const values = this.stack;
    this.stack = before;
    return values;
  }
  put(index: number): void {
    this.#memo.set(index, this.top());
  }
  memoize(): void {
    this.put(this.#memo.size);
  }
  get(index: number): void {
    if (!this.#memo.has(index)) throw damagedPickle('it names a value that is not there');
    this.push(this.#memo.get(index));
  }

  name(module: unknown, name: unknown): void {
    if (typeof module !== 'string' || typeof name !== 'string') throw damagedPickle('a name that is no text');
    this.push(new PickledName(`${module}.${name}`));
  }
  call(): void {
    const args = this.pop();
    const called = this.pop();
    if (!Array.isArray(args)) throw damagedPickle('a call without arguments');
    const made =
      called instanceof PickledName ? this.reading.construct(called.path, args as unknown[]) : undefined;
    this.push(made === undefined ? new PickledCall(called, args as unknown[]) : made);
  }
  build(): void {
    const state = this.pop();
    const object = this.top();
    // Of a dict it is what hangs on it besides, such as an OrderedDict's _metadata.
    if (object instanceof PickledCall) object.state = state;
  }
  setItems(items: readonly unknown[]): void {
    const dict = this.top();
    if (items.length % 2 !== 0) throw damagedPickle('a key without a value');
    if (dict instanceof Map)
      for (let i = 0; i < items.length; i += 2) (dict as PickledDict).set(items[i], items[i + 1]);
    else if (!(dict instanceof PickledCall)) throw damagedPickle('items of what is no dict');
  }
  append(items: readonly unknown[]): void {
    const list = this.top();
    if (Array.isArray(list)) for (const item of items) list.push(item);
    else if (!(list instanceof PickledCall)) throw damagedPickle('items of what is no list');
  }
}

type Opcode = (machine: Machine) => void;
const put =
  (value: (m: Machine) => unknown): Opcode =>
  (m) => {
    m.push(value(m));
  };

/** All that are run, under their names in pickletools. Frozen: what a file holds cannot add to it. */
const opcodes: Readonly<Record<number, Opcode>> = {
  /* PROTO */ 0x80: (m) => {
    if (m.u8() > 5) throw damagedPickle('its protocol is newer than 5');
  },
  /* FRAME */ 0x95: (m) => void m.u64(),
  /* MARK */ 0x28: (m) => m.mark(),
  /* POP */ 0x30: (m) => void m.pop(),
  /* POP_MARK */ 0x31: (m) => void m.toMark(),
  /* DUP */ 0x32: put((m) => m.top()),
  /* NONE */ 0x4e: put(() => null),
  /* NEWTRUE */ 0x88: put(() => true),
  /* NEWFALSE */ 0x89: put(() => false),
  /* BININT */ 0x4a: put((m) => m.i32()),
  /* BININT1 */ 0x4b: put((m) => m.u8()),
  /* BININT2 */ 0x4d: put((m) => m.u16()),
  /* LONG1 */ 0x8a: put((m) => m.integer(m.u8())),
  /* LONG4 */ 0x8b: put((m) => m.integer(m.u32())),
  /* BINFLOAT */ 0x47: put((m) => m.f64()),
  /* SHORT_BINSTRING */ 0x55: put((m) => m.text(m.u8())),
  /* BINSTRING */ 0x54: put((m) => m.text(m.u32())),
  /* SHORT_BINUNICODE */ 0x8c: put((m) => m.text(m.u8())),
  /* BINUNICODE */ 0x58: put((m) => m.text(m.u32())),
  /* BINUNICODE8 */ 0x8d: put((m) => m.text(m.u64())),
  /* SHORT_BINBYTES */ 0x43: put((m) => m.bytes(m.u8())),
  /* BINBYTES */ 0x42: put((m) => m.bytes(m.u32())),
  /* BINBYTES8 */ 0x8e: put((m) => m.bytes(m.u64())),
  /* BYTEARRAY8 */ 0x96: put((m) => m.bytes(m.u64())),
  /* EMPTY_DICT */ 0x7d: put(() => new Map()),
  /* EMPTY_LIST */ 0x5d: put(() => []),
  /* EMPTY_SET */ 0x8f: put(() => []),
  /* EMPTY_TUPLE */ 0x29: put(() => []),
  /* TUPLE */ 0x74: put((m) => m.toMark()),
  /* TUPLE1 */ 0x85: put((m) => m.several(1)),
  /* TUPLE2 */ 0x86: put((m) => m.several(2)),
  /* TUPLE3 */ 0x87: put((m) => m.several(3)),
  /* FROZENSET */ 0x91: put((m) => m.toMark()),
  /* LIST */ 0x6c: put((m) => m.toMark()),
  /* DICT */ 0x64: (m) => {
    const items = m.toMark();
    m.push(new Map());
    m.setItems(items);
  },
  /* SETITEM */ 0x73: (m) => m.setItems(m.several(2)),
  /* SETITEMS */ 0x75: (m) => m.setItems(m.toMark()),
  /* APPEND */ 0x61: (m) => m.append(m.several(1)),
  /* APPENDS */ 0x65: (m) => m.append(m.toMark()),
  /* ADDITEMS */ 0x90: (m) => m.append(m.toMark()),
  /* BINPUT */ 0x71: (m) => m.put(m.u8()),
  /* LONG_BINPUT */ 0x72: (m) => m.put(m.u32()),
  /* MEMOIZE */ 0x94: (m) => m.memoize(),
  /* BINGET */ 0x68: (m) => m.get(m.u8()),
  /* LONG_BINGET */ 0x6a: (m) => m.get(m.u32()),
  /* GLOBAL */ 0x63: (m) => {
    const module = m.line();
    m.name(module, m.line());
  },
  /* STACK_GLOBAL */ 0x93: (m) => {
    const [module, name] = m.several(2);
    m.name(module, name);
  },
  /* BINPERSID */ 0x51: (m) => m.push(m.reading.load(m.pop())),
  /* REDUCE */ 0x52: (m) => m.call(),
  /* NEWOBJ */ 0x81: (m) => m.call(),
  /* NEWOBJ_EX */ 0x92: (m) => {
    void m.pop();
    m.call();
  },
  /* BUILD */ 0x62: (m) => m.build(),
};
const stop = 0x2e;

/**
 * The value of the pickle that begins at `begin`, and where it ends.
 * @throws FormatError `damaged`, or `opcode` for one that is not run
 */
export function readPickle(
  bytes: Uint8Array,
  begin: number,
  reading: PickleReading,
): { readonly value: unknown; readonly end: number } {
  const machine = new Machine(bytes, begin, reading);
  for (;;) {
    const code = machine.u8();
    if (code === stop) return { value: machine.pop(), end: machine.position };
    const opcode = Object.hasOwn(opcodes, code) ? opcodes[code] : undefined;
    if (opcode === undefined) {
      const hex = `0x${code.toString(16).padStart(2, '0')}`;
      throw new FormatError({ kind: 'opcode', opcode: hex }, `The pickle's opcode ${hex} is not run.`);
    }
    opcode(machine);
  }
}
