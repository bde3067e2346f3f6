/**
 * A lab document as a short text for links: numbers as varints, values in the smallest form that keeps them exact, runs
 * of zeros folded, base64url. What comes back from a link is validated as anything from outside.
 */
import * as v from 'valibot';
import {
  convOperators,
  limits,
  labStages,
  outputGradients,
  reportDocument,
  type LabDocument,
} from '@/store/convLabState';

const version = 1;
/** Larger labs (deep layers of a network) are not put into links. */
export const largestLinkValues = 6000;

const whole = (min: number, max: number): v.GenericSchema<number> =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const value = v.pipe(v.number(), v.finite(), v.minValue(-limits.value), v.maxValue(limits.value));
const tensor = (shape: v.GenericSchema<[number, number, number, number]>) =>
  v.pipe(
    v.object({ shape, data: v.array(value) }),
    v.check(
      ({ shape, data }) => data.length === shape.reduce((product, size) => product * size, 1),
      'length',
    ),
  );

const documentSchema = v.pipe(
  v.object({
    input: tensor(
      v.tuple([whole(1, 1), whole(1, 64), whole(limits.size.min, 64), whole(limits.size.min, 64)]),
    ),
    kernel: tensor(v.tuple([whole(1, limits.filters.max), whole(1, 64), whole(1, 11), whole(1, 11)])),
    bias: v.array(value),
    settings: v.object({
      operator: v.picklist(convOperators),
      stride: whole(1, limits.stride.max),
      padding: whole(0, limits.padding.max),
      dilation: whole(1, limits.dilation.max),
    }),
    pool: v.object({ kernelSize: whole(2, limits.pool.max), stride: whole(1, limits.pool.max) }),
    stage: v.picklist(labStages),
    steps: v.object({
      conv: whole(0, 1e9),
      relu: whole(0, 1e9),
      pool: whole(0, 1e9),
      gradient: whole(0, 1e9),
    }),
    weight: v.object({ f: whole(0, 63), c: whole(0, 63), i: whole(0, 10), j: whole(0, 10) }),
    outputGradient: v.picklist(outputGradients),
  }),
  v.check(({ input, kernel, bias, weight }) => {
    const [filters, channels, rows, columns] = kernel.shape;
    const weightExists = weight.f < filters && weight.c < channels && weight.i < rows && weight.j < columns;
    return channels === input.shape[1] && bias.length === filters && weightExists;
  }, 'shapes'),
);

/** How values are written; the first that keeps them all is taken. */
const forms = [
  { scale: 1, bytes: 1, min: -128, max: 127 },
  // MNIST's bytes as the network sees them: u8 / 255.
  { scale: 255, bytes: 1, min: 0, max: 255 },
  { scale: 64, bytes: 2, min: -32768, max: 32767 },
] as const;
type Form = (typeof forms)[number];
const floatForm = forms.length;

const decodeValue = (form: Form, code: number): number => Math.fround(code / form.scale);

function formOf(values: readonly number[]): Form | null {
  const fits = (form: Form): boolean =>
    values.every((x) => {
      const code = Math.round(x * form.scale);
      return code >= form.min && code <= form.max && decodeValue(form, code) === x;
    });
  return forms.find(fits) ?? null;
}

class Writer {
  readonly bytes: number[] = [];

  number(n: number): void {
    let rest = n;
    while (rest >= 128) {
      this.bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.bytes.push(rest);
  }

  values(values: readonly number[]): void {
    const form = formOf(values);
    const view = new DataView(new ArrayBuffer(values.length * (form?.bytes ?? 4)));
    for (const [index, x] of values.entries()) {
      if (form === null) view.setFloat32(index * 4, x);
      else if (form.bytes === 2) view.setInt16(index * 2, Math.round(x * form.scale));
      else view.setUint8(index, Math.round(x * form.scale) & 255);
    }
    this.number(form === null ? floatForm : forms.indexOf(form));
    this.number(values.length);
    this.folded(new Uint8Array(view.buffer));
  }

  /** A zero byte is followed by how many more zeros come. */
  private folded(raw: Uint8Array): void {
    for (let index = 0; index < raw.length; index += 1) {
      const byte = raw[index] ?? 0;
      this.bytes.push(byte);
      if (byte !== 0) continue;
      let more = 0;
      while (more < 255 && raw[index + 1] === 0) {
        more += 1;
        index += 1;
      }
      this.bytes.push(more);
    }
  }
}

class Reader {
  private position = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  byte(): number {
    const byte = this.bytes[this.position];
    if (byte === undefined) throw new RangeError('The link ends too early.');
    this.position += 1;
    return byte;
  }

  number(): number {
    let result = 0;
    let factor = 1;
    for (;;) {
      const byte = this.byte();
      result += (byte % 128) * factor;
      if (byte < 128) return result;
      factor *= 128;
      if (factor > 2 ** 42) throw new RangeError('A number in the link is too large.');
    }
  }

  values(): number[] {
    const form = forms[this.number()] ?? null;
    const count = this.number();
    if (count > largestLinkValues) throw new RangeError('The link holds too many values.');
    const raw = new Uint8Array(count * (form?.bytes ?? 4));
    for (let index = 0; index < raw.length; index += 1) {
      const byte = this.byte();
      raw[index] = byte;
      if (byte === 0) index += this.byte();
    }
    const view = new DataView(raw.buffer);
    return Array.from({ length: count }, (_value, index) => {
      if (form === null) return view.getFloat32(index * 4);
      if (form.bytes === 2) return decodeValue(form, view.getInt16(index * 2));
      return decodeValue(form, form.min < 0 ? view.getInt8(index) : view.getUint8(index));
    });
  }
}

function toBase64Url(bytes: readonly number[]): string {
  const text = Array.from(bytes, (byte) => String.fromCodePoint(byte)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.codePointAt(0) ?? 0);
}

/** The document as text; null when it is too large for a link. */
export function encodeDocument(document: LabDocument): string | null {
  const { input, kernel, bias, settings, pool, steps, weight } = document;
  if (input.data.length + kernel.data.length > largestLinkValues) return null;
  const writer = new Writer();
  const numbers = [
    version,
    ...input.shape.slice(1),
    ...kernel.shape,
    convOperators.indexOf(settings.operator),
    settings.stride,
    settings.padding,
    settings.dilation,
    pool.kernelSize,
    pool.stride,
    labStages.indexOf(document.stage),
    ...labStages.map((stage) => steps[stage]),
    weight.f,
    weight.c,
    weight.i,
    weight.j,
    outputGradients.indexOf(document.outputGradient),
  ];
  for (const n of numbers) writer.number(n);
  for (const values of [input.data, kernel.data, bias]) writer.values(values);
  return toBase64Url(writer.bytes);
}

/** The conv lab with the report's own example, whatever was in it before. */
export function reportLabPath(): string {
  return `/conv-lab#lab=${encodeDocument(reportDocument()) ?? ''}`;
}

function readDocument(reader: Reader): unknown {
  const given = reader.number();
  if (given !== version)
    throw new RangeError(`The link has version ${given}; this page reads version ${version}.`);
  const next = (): number => reader.number();
  const inputShape = [1, next(), next(), next()];
  const kernelShape = [next(), next(), next(), next()];
  const settings = {
    operator: convOperators[next()],
    stride: next(),
    padding: next(),
    dilation: next(),
  };
  const pool = { kernelSize: next(), stride: next() };
  const stage = labStages[next()];
  const steps = Object.fromEntries(labStages.map((name) => [name, next()]));
  const weight = { f: next(), c: next(), i: next(), j: next() };
  const outputGradient = outputGradients[next()];
  const input = { shape: inputShape, data: reader.values() };
  const kernel = { shape: kernelShape, data: reader.values() };
  return { input, kernel, bias: reader.values(), settings, pool, stage, steps, weight, outputGradient };
}

/** The document of a link's text, or null when the text is no lab: damaged, out of range, or from a newer version. */
export function decodeDocument(text: string): LabDocument | null {
  try {
    const parsed = v.safeParse(documentSchema, readDocument(new Reader(fromBase64Url(text))));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
