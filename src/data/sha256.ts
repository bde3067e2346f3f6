/** SHA-256, the same check on every page: the browser's own where it exists, else a small library. */
import { sha256 as portableSha256 } from '@noble/hashes/sha2.js';
import { DataError, reasonOf } from '@/data/dataError';

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Lower-case hexadecimal SHA-256. crypto.subtle is missing on insecure pages (plain http from another machine, as when
 * a phone opens a laptop's dev server), so there @noble/hashes computes it; the check is never skipped.
 */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (subtle !== undefined) return toHex(new Uint8Array(await subtle.digest('SHA-256', bytes)));
  return toHex(portableSha256(bytes));
}

/** @throws DataError `data_checksum` when the bytes are not the expected ones. */
export async function verifySha256(
  file: string,
  bytes: Uint8Array<ArrayBuffer>,
  expected: string,
): Promise<void> {
  const found = await sha256(bytes).catch((error: unknown) => {
    throw new DataError('data_fetch', file, `Cannot check ${file}: ${reasonOf(error)}`, { cause: error });
  });
  if (found === expected) return;
  throw new DataError(
    'data_checksum',
    file,
    `${file} is damaged: expected SHA-256 ${expected}, found ${found}. Load it again; if it stays so, the server's copy is wrong.`,
  );
}
