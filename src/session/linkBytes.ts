/**
 * Bytes of a link: numbers as varints, values in the smallest form that keeps them exact, runs of zeros folded, base64url.
 */

/** Larger labs (deep layers of a network) are not put into links. */
export const largestLinkValues = 6000;

export type LinkErrorCode = 'cut_off' | 'damaged';

/** Why the bytes of a link cannot be read. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly code: LinkErrorCode;
  constructor(code: LinkErrorCode) {
    super(code === 'cut_off' ? 'The link ends too early.' : 'The link is damaged.');
    this.code = code;
  }
}

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

export class Writer {
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

export class Reader {
  private position = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  byte(): number {
    const byte = this.bytes[this.position];
    if (byte === undefined) throw new LinkError('cut_off');
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
      if (factor > 2 ** 42) throw new LinkError('damaged');
    }
  }

  values(): number[] {
    const form = forms[this.number()] ?? null;
    const count = this.number();
    if (count > largestLinkValues) throw new LinkError('damaged');
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

export function toBase64Url(bytes: readonly number[]): string {
  const text = Array.from(bytes, (byte) => String.fromCodePoint(byte)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

export function fromBase64Url(text: string): Uint8Array {
  let binary: string;
  try {
    binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    // A last character that stands alone lacks its neighbours; any other has no place in base64.
    throw new LinkError(/^[\w-]*$/u.test(text) ? 'cut_off' : 'damaged');
  }
  return Uint8Array.from(binary, (character) => character.codePointAt(0) ?? 0);
}
