/** Opens a weight file of whatever format this app reads, and says what another file is. */
import type { WeightFormatId } from '@/formats/exportFormats';
import { FormatError } from '@/formats/formatError';
import { excerptOf, foreignFormat, headBytes, startsWith } from '@/formats/foreignFormat';
import { readBytes, type NamedArrays } from '@/formats/namedArrays';
import { openSafetensors } from '@/formats/safetensors';
import { looksLikeSafetensors } from '@/formats/safetensorsHeader';
import type { Zip } from '@/formats/zip';
import type { ForeignFormat, ReadableFile } from '@/model/weightFiles';

interface Given {
  readonly file: ReadableFile;
  readonly head: Uint8Array;
  /** Null: it is none. */
  readonly zip: Zip | null;
}

/** Null: the file is of another format. */
type Reader = (given: Given) => Promise<NamedArrays | null>;

/** What torch.save begins with in its form from before zip files: a pickle of this number, of ten bytes. */
const legacyNumber = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
/** Behind the protocol, and from protocol 4 on behind the frame's length. */
const isLegacy = (head: Uint8Array): boolean =>
  head[0] === 0x80 && (startsWith(head, legacyNumber, 2) || startsWith(head, legacyNumber, 11));

/** A folder of the Hugging Face hub, packed: the weights are one file of it. */
const packedWeights = /(^|\/)[^/]*\.safetensors$/u;

/** In the order in which they are tried. */
const readers: Readonly<Record<WeightFormatId, Reader>> = {
  safetensors: async ({ file, head }) => (looksLikeSafetensors(head) ? openSafetensors(file) : null),
  pth: async ({ file, head, zip }) => {
    if (isLegacy(head)) {
      const { openLegacyTorch } = await import('@/formats/torch/legacyFile');
      return openLegacyTorch(file);
    }
    if (zip === null) return null;
    const { openTorchZip, pickleEntry } = await import('@/formats/torch/zipFile');
    const name = pickleEntry(zip);
    return name === null ? null : openTorchZip(zip, name);
  },
  huggingface: async ({ zip }) => {
    const [entry, another] = [...(zip ?? [])].filter(([name]) => packedWeights.test(name));
    if (entry === undefined || another !== undefined) return null;
    return openSafetensors(new Blob([await entry[1].read()]));
  },
};

const otherZips: ReadonlySet<ForeignFormat | null> = new Set(['npz', 'keras'] as const);

async function zipOf(file: ReadableFile, head: Uint8Array): Promise<Zip | null> {
  const isZip = startsWith(head, 'PK\x03\x04') || startsWith(head, 'PK\x05\x06');
  if (!isZip || otherZips.has(foreignFormat(head))) return null;
  const { openZip } = await import('@/formats/zip');
  return openZip(file);
}

/** Reads what is where; the numbers are read when they are asked for. @throws FormatError that says what is wrong */
export async function openWeightFile(file: ReadableFile): Promise<NamedArrays> {
  const head = await readBytes(file, 0, Math.min(headBytes, file.size));
  const given = { file, head, zip: await zipOf(file, head) };
  for (const read of Object.values(readers)) {
    // oxlint-disable-next-line no-await-in-loop -- the first that knows the file
    const arrays = await read(given);
    if (arrays !== null) return arrays;
  }
  const format = foreignFormat(head);
  // What is not known is read as the safetensors that it claims to be, which says what is wrong with it.
  if (format === null) return openSafetensors(file);
  const excerpt = excerptOf(head);
  throw new FormatError(
    { kind: 'foreign', format, excerpt },
    `Not a file of weights but ${format}${excerpt === '' ? '' : `: ${excerpt}`}`,
  );
}
