/**
 * The number types of weight files and what PyTorch's `copy_` makes of them in a float32 or int64 tensor. The names are
 * safetensors'; those of less than a byte (F4, F6) are left out, since `copy_` refuses them.
 */

type Bytes = Uint8Array<ArrayBuffer>;
type Values =
  | Uint8Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;

interface NumberType<T extends Values = Values> {
  /** Of one value. */
  readonly bytes: number;
  /** The values of little-endian bytes that are aligned to `bytes`; nothing is rounded. */
  readonly read: (raw: Bytes) => T;
}

interface View<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
}

function typed<T extends Values>(Type: View<T>): NumberType<T> {
  const bytes = Type.BYTES_PER_ELEMENT;
  return { bytes, read: (raw) => new Type(raw.buffer, raw.byteOffset, raw.length / bytes) };
}

/** A float of one sign bit, then `exponentBits` and `fractionBits`, to the number that it is. */
function smallFloat(exponentBits: number, fractionBits: number): (bits: number) => number {
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponentMask = 2 ** exponentBits - 1;
  const fractionMask = 2 ** fractionBits - 1;
  return (bits) => {
    const sign = (bits >> (exponentBits + fractionBits)) & 1 ? -1 : 1;
    const exponent = (bits >> fractionBits) & exponentMask;
    const fraction = bits & fractionMask;
    if (exponent === exponentMask) return fraction === 0 ? sign * Infinity : NaN;
    if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
    return sign * (2 ** fractionBits + fraction) * 2 ** (exponent - bias - fractionBits);
  };
}

const fromHalf = smallFloat(5, 10);

/** float8_e4m3fn has no infinity: the topmost exponent is one more binade, of which all ones is NaN. */
function fromE4m3fn(bits: number): number {
  const sign = bits & 0x80 ? -1 : 1;
  if ((bits & 0x7f) === 0x7f) return NaN;
  return (bits & 0x78) === 0x78 ? sign * (8 + (bits & 7)) * 2 ** 5 : smallFloat(4, 3)(bits);
}

function byteFloat(toNumber: (bits: number) => number): NumberType {
  const all = Float32Array.from({ length: 256 }, (_, bits) => toNumber(bits));
  return { bytes: 1, read: (raw) => Float32Array.from(raw, (bits) => all[bits] ?? NaN) };
}

const u16 = typed(Uint16Array);
const f32 = typed(Float32Array);

const numberTypes = {
  BOOL: { bytes: 1, read: (raw) => Uint8Array.from(raw, (value) => (value === 0 ? 0 : 1)) },
  U8: typed(Uint8Array),
  I8: typed(Int8Array),
  U16: u16,
  I16: typed(Int16Array),
  U32: typed(Uint32Array),
  I32: typed(Int32Array),
  U64: typed(BigUint64Array),
  I64: typed(BigInt64Array),
  F16: { bytes: 2, read: (raw) => Float32Array.from(u16.read(raw), fromHalf) },
  // The upper half of a float32.
  BF16: {
    bytes: 2,
    read: (raw) => new Float32Array(Uint32Array.from(u16.read(raw), (bits) => bits << 16).buffer),
  },
  F32: f32,
  F64: typed(Float64Array),
  F8_E5M2: byteFloat(smallFloat(5, 2)),
  F8_E4M3: byteFloat(fromE4m3fn),
  // float8_e8m0fnu, a power of two alone.
  F8_E8M0: byteFloat((bits) => (bits === 0xff ? NaN : 2 ** (bits - 127))),
  // Pairs of real and imaginary part; copy_ keeps the real one.
  C64: { bytes: 8, read: (raw) => f32.read(raw).filter((_, i) => i % 2 === 0) },
} satisfies Record<string, NumberType>;

export type NumberTypeName = keyof typeof numberTypes;

export function isNumberType(name: string): name is NumberTypeName {
  return Object.hasOwn(numberTypes, name);
}

/** Bytes of one value. */
export function itemBytes(type: NumberTypeName): number {
  return numberTypes[type].bytes;
}

function valuesOf(type: NumberTypeName, bytes: Bytes): Values {
  const { bytes: size, read } = numberTypes[type];
  return read(bytes.byteOffset % size === 0 ? bytes : bytes.slice());
}

/**
 * Rounded once, to the nearest float32. Number() rounds to 53 bits, and to round that again could end one step off; with
 * "something was cut off" kept in the last bit it cannot.
 */
function float32FromBigInt(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  if (magnitude < 2n ** 53n) return Number(value);
  const kept = Number((magnitude >> 11n) | (magnitude & 0x7ffn ? 1n : 0n)) * 2 ** 11;
  return value < 0n ? -kept : kept;
}

/** Values as float32, rounded to nearest even where they do not fit; a view of `bytes` where nothing changes. */
export function toFloat32(type: NumberTypeName, bytes: Bytes): Float32Array<ArrayBuffer> {
  const values = valuesOf(type, bytes);
  if (values instanceof Float32Array) return values;
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    return Float32Array.from(values, float32FromBigInt);
  }
  return Float32Array.from(values);
}

/** What a 64-bit processor's conversion gives where the value does not fit. */
const notAnInteger = -(2n ** 63n);

function int64FromNumber(value: number): bigint {
  return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : notAnInteger;
}

/** Values as int64, cut off towards zero; a view of `bytes` where nothing changes. */
export function toInt64(type: NumberTypeName, bytes: Bytes): BigInt64Array<ArrayBuffer> {
  const values = valuesOf(type, bytes);
  if (values instanceof BigInt64Array) return values;
  if (values instanceof BigUint64Array) {
    return new BigInt64Array(values.buffer, values.byteOffset, values.length);
  }
  return BigInt64Array.from({ length: values.length }, (_, i) => int64FromNumber(values[i] ?? NaN));
}
