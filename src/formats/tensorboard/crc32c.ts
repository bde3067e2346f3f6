/** The checksum of TFRecord files. */
import { createCRC32 } from 'hash-wasm';

/** Castagnoli's, reflected. */
const polynomial = 0x82f63b78;

/** CRC32C, masked as TensorFlow's crc32c.h does it, so that the checksum of data with checksums in it is no special case. */
export async function createMaskedCrc32c(): Promise<(bytes: Uint8Array) => number> {
  const hasher = await createCRC32(polynomial);
  return (bytes) => {
    const digest = hasher.init().update(bytes).digest('binary');
    const crc = new DataView(digest.buffer, digest.byteOffset).getUint32(0);
    return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  };
}
