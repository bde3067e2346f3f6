/** Opens a weight file of whatever format this app reads, and says what another file is. */
import { FormatError } from '@/formats/formatError';
import { excerptOf, foreignFormat, headBytes } from '@/formats/foreignFormat';
import { readBytes, type NamedArrays } from '@/formats/namedArrays';
import { openSafetensors } from '@/formats/safetensors';
import type { ReadableFile } from '@/model/weightFiles';
import { looksLikeSafetensors } from '@/formats/safetensorsHeader';

/** Reads what is where; the numbers are read when they are asked for. @throws FormatError that says what is wrong */
export async function openWeightFile(file: ReadableFile): Promise<NamedArrays> {
  const head = await readBytes(file, 0, Math.min(headBytes, file.size));
  const format = looksLikeSafetensors(head) ? null : foreignFormat(head);
  if (format === null) return openSafetensors(file);
  const excerpt = excerptOf(head);
  throw new FormatError(
    { kind: 'foreign', format, excerpt },
    `Not a safetensors file but ${format}${excerpt === '' ? '' : `: ${excerpt}`}`,
  );
}
