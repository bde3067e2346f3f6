/** Metrics that another program wrote: a table or an event file, told apart by what is in it. */
import { MetricsFileError, type MetricCurves } from '@/formats/metrics/metricsFile';
import { readCsv } from '@/formats/metrics/readCsv';
import { readEvents } from '@/formats/tensorboard/readEvents';
import { isRecordFile } from '@/formats/tensorboard/tfRecord';
import type { ReadableFile } from '@/model/weightFiles';

/** A million steps with a few metrics; and event files hold pictures besides. */
const mostBytes = 256 * 1024 * 1024;

function textOf(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.includes('\0')) throw new TypeError('It has zero bytes.');
    return text;
  } catch (error) {
    throw new MetricsFileError(
      { kind: 'not_metrics' },
      `The file is neither text nor events: ${String(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** @throws MetricsFileError */
export async function readMetrics(file: ReadableFile): Promise<MetricCurves> {
  if (file.size > mostBytes)
    throw new MetricsFileError(
      { kind: 'too_large', size: file.size, most: mostBytes },
      `The file has ${file.size} bytes; up to ${mostBytes} are read.`,
    );
  const bytes = await bytesOf(file);
  return (await isRecordFile(bytes)) ? readEvents(bytes) : readCsv(textOf(bytes));
}

async function bytesOf(file: ReadableFile): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new MetricsFileError({ kind: 'unreadable' }, `The file cannot be read: ${String(error)}`, {
      cause: error,
    });
  }
}
