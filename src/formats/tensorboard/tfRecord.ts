/** TFRecord: records one after the other, each with its length and a checksum of both. */
import { MetricsFileError } from '@/formats/metrics/metricsFile';
import { createMaskedCrc32c } from '@/formats/tensorboard/crc32c';

const lengthBytes = 8;
const checksumBytes = 4;
const overhead = lengthBytes + 2 * checksumBytes;

export async function encodeRecords(records: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  const crc = await createMaskedCrc32c();
  const bytes = new Uint8Array(records.reduce((sum, { length }) => sum + length + overhead, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const record of records) {
    const dataAt = at + lengthBytes + checksumBytes;
    view.setBigUint64(at, BigInt(record.length), true);
    view.setUint32(at + lengthBytes, crc(bytes.subarray(at, at + lengthBytes)), true);
    bytes.set(record, dataAt);
    view.setUint32(dataAt + record.length, crc(record), true);
    at = dataAt + record.length + checksumBytes;
  }
  return bytes;
}

const damaged = (message: string): MetricsFileError => new MetricsFileError({ kind: 'damaged' }, message);

/** Whether it begins as a record does, with a length and its checksum. */
export async function isRecordFile(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  if (bytes.length < overhead) return false;
  const crc = await createMaskedCrc32c();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint32(lengthBytes, true) === crc(bytes.subarray(0, lengthBytes));
}

/**
 * The records as views. A last one that is not there whole is left out: the file is still being written.
 * @throws MetricsFileError `damaged` where a checksum is wrong
 */
export async function decodeRecords(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>[]> {
  const crc = await createMaskedCrc32c();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  while (at + lengthBytes + checksumBytes <= bytes.length) {
    if (view.getUint32(at + lengthBytes, true) !== crc(bytes.subarray(at, at + lengthBytes)))
      throw damaged(`The length of record ${records.length} does not have its checksum.`);
    const length = view.getBigUint64(at, true);
    const dataAt = at + lengthBytes + checksumBytes;
    if (length > BigInt(bytes.length - dataAt - checksumBytes)) break;
    const end = dataAt + Number(length);
    const record = bytes.subarray(dataAt, end);
    if (view.getUint32(end, true) !== crc(record))
      throw damaged(`Record ${records.length} does not have its checksum.`);
    records.push(record);
    at = end + checksumBytes;
  }
  return records;
}
