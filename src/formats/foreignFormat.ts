/** What a file is that holds no weights of a format read here, told from its first bytes: people choose the wrong one of several downloads. */
import type { ForeignFormat } from '@/model/weightFiles';

/** This much of a file's beginning is looked at. */
export const headBytes = 65_536;

export function startsWith(bytes: Uint8Array, start: string | readonly number[], at = 0): boolean {
  const expected = typeof start === 'string' ? Array.from(start, (letter) => letter.charCodeAt(0)) : start;
  return expected.every((byte, i) => bytes[at + i] === byte);
}

/** The beginning as text, where it is text: UTF-8 without control characters; a character cut off at the end counts as whole. */
function textOf(head: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: head.length >= headBytes });
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    return /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** Names in a zip file's local headers, as far as the beginning shows them. */
function zipNames(head: Uint8Array): string[] {
  const names: string[] = [];
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (let at = head.indexOf(0x50); at >= 0 && at + 30 <= head.length; at = head.indexOf(0x50, at + 1)) {
    if (!startsWith(head, 'PK\x03\x04', at)) continue;
    const length = view.getUint16(at + 26, true);
    names.push(String.fromCharCode(...head.subarray(at + 30, at + 30 + Math.min(length, 256))));
  }
  return names;
}

type Test = (head: Uint8Array) => boolean;
const magic =
  (start: string | readonly number[], at = 0): Test =>
  (head) =>
    startsWith(head, start, at);
const isZip = magic('PK\x03\x04');
const isZipWith =
  (name: RegExp): Test =>
  (head) =>
    isZip(head) && zipNames(head).some((found) => name.test(found));
const isText =
  (test: (text: string) => boolean): Test =>
  (head) => {
    const text = textOf(head);
    return text !== null && test(text.trimStart());
  };

/** In order of precedence: the more particular first. */
const tests = {
  empty: (head) => head.length === 0,
  npz: isZipWith(/\.npy$/),
  keras: isZipWith(/^(metadata\.json|model\.weights\.h5)$/),
  zip: (head) => isZip(head) || startsWith(head, 'PK\x05\x06'),
  // Not a safetensors' length whose header is damaged.
  pickle: (head) =>
    head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5 && !startsWith(head, [0, 0, 0, 0, 0], 3),
  numpy: magic([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]),
  hdf5: magic([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]),
  tflite: magic('TFL3', 4),
  gguf: magic('GGUF'),
  // A protobuf: field 1, ir_version, of one byte, then one of the fields that follow in ONNX's ModelProto.
  onnx: (head) =>
    head[0] === 0x08 &&
    (head[1] ?? 0) >= 1 &&
    (head[1] ?? 0) <= 20 &&
    [0x12, 0x3a, 0x42].includes(head[2] ?? 0),
  image: (head) =>
    startsWith(head, [0x89, 0x50, 0x4e, 0x47]) ||
    startsWith(head, [0xff, 0xd8, 0xff]) ||
    startsWith(head, 'GIF8') ||
    (startsWith(head, 'BM') && [12, 40, 56, 108, 124].includes(head[14] ?? 0)) ||
    (startsWith(head, 'RIFF') && startsWith(head, 'WEBP', 8)) ||
    (startsWith(head, 'ftyp', 4) && ['avif', 'heic', 'mif1'].some((brand) => startsWith(head, brand, 8))),
  pdf: magic('%PDF-'),
  archive: (head) =>
    startsWith(head, [0x1f, 0x8b, 8]) ||
    startsWith(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a]) ||
    startsWith(head, 'BZh') ||
    startsWith(head, [0x28, 0xb5, 0x2f, 0xfd]) ||
    startsWith(head, [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]) ||
    startsWith(head, 'Rar!') ||
    startsWith(head, 'ustar', 257),
  lfs_pointer: isText((text) => text.startsWith('version https://git-lfs.github.com/spec/')),
  html: isText((text) => /^(<!--[\s\S]*?-->\s*)*<(!doctype html|html|head|body)\b/i.test(text)),
  safetensors_index: isText((text) => text.startsWith('{') && text.includes('"weight_map"')),
  json: isText((text) => /^(\{\s*["}]|\[\s*["[{\]\d-])/.test(text)),
  text: isText((text) => text !== ''),
} as const satisfies Readonly<Record<ForeignFormat, Test>>;

/** Null for what is not known. */
export function foreignFormat(head: Uint8Array): ForeignFormat | null {
  const found = Object.entries(tests).find(([, test]) => test(head));
  return found === undefined ? null : (found[0] as ForeignFormat);
}

/** The first words of a file that holds text, so that `404: Not Found` says itself; else empty. */
export function excerptOf(head: Uint8Array, length = 80): string {
  const text = (textOf(head) ?? '').trim().replaceAll(/\s+/g, ' ');
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
