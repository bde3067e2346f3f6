/** One file over HTTP, with the bytes counted as they arrive and every failure told as a DataError. */
import { DataError, reasonOf, type DataErrorDetails } from '@/data/dataError';

export interface DownloadOptions {
  readonly url: string;
  /** For messages. */
  readonly file: string;
  readonly cache: RequestCache;
  /** Gives up when nothing arrives for so long. */
  readonly stallMilliseconds: number;
  readonly signal: AbortSignal | undefined;
}

interface Transfer {
  readonly response: Response;
  /** Call whenever bytes arrive. */
  readonly alive: () => void;
}

/** Why a transfer failed, with what of it can be said in parts. */
class TransferError extends Error {
  readonly details: DataErrorDetails;
  constructor(message: string, details: DataErrorDetails) {
    super(message);
    this.details = details;
  }
}

function detailsOf(error: unknown): DataErrorDetails | undefined {
  if (error instanceof TransferError) return error.details;
  // What fetch, and the reading of its body, reject with where the network fails.
  return error instanceof TypeError ? { kind: 'disconnected' } : undefined;
}

/** Runs a transfer under a stall timer; rejects with the caller's own reason when the caller aborts. */
async function transfer<T>(options: DownloadOptions, read: (transfer: Transfer) => Promise<T>): Promise<T> {
  const { url, file, cache, stallMilliseconds, signal } = options;
  signal?.throwIfAborted();
  const stall = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const seconds = stallMilliseconds / 1000;
      stall.abort(new TransferError(`nothing arrived for ${seconds} s`, { kind: 'stalled', seconds }));
    }, stallMilliseconds);
  };
  try {
    alive();
    const either = signal === undefined ? stall.signal : AbortSignal.any([signal, stall.signal]);
    const response = await fetch(url, { cache, signal: either });
    const { ok, status, statusText } = response;
    if (!ok) {
      throw new TransferError(`the server answered ${status} ${statusText}`.trim(), { kind: 'http', status });
    }
    alive();
    return await read({ response, alive });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof DataError) throw error;
    throw new DataError('data_fetch', file, `Cannot load ${file}: ${reasonOf(error)}. Load it again.`, {
      cause: error,
      details: detailsOf(error),
    });
  } finally {
    clearTimeout(timer);
  }
}

/** The answer's bytes as they come; whoever stops listening stops the transfer. */
async function* piecesOf({ response, alive }: Transfer): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Error('the answer has no content');
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      alive();
      yield value;
    }
  } finally {
    // Of one that has ended or failed there is nothing left to stop.
    await reader.cancel().catch(() => undefined);
  }
}

export function downloadText(options: DownloadOptions): Promise<string> {
  return transfer(options, ({ response }) => response.text());
}

/**
 * Streams exactly `expectedBytes` bytes.
 * @param onBytes called with the size of each piece as it arrives
 * @throws DataError `data_fetch` when the server fails, stalls or stops early; `data_checksum` when it sends more.
 */
export function downloadBytes(
  options: DownloadOptions,
  expectedBytes: number,
  onBytes: (count: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  return transfer(options, async (answer) => {
    const bytes = new Uint8Array(expectedBytes);
    let filled = 0;
    for await (const piece of piecesOf(answer)) {
      if (filled + piece.length > expectedBytes) {
        throw new DataError(
          'data_checksum',
          options.file,
          `${options.file} is longer than the ${expectedBytes} bytes that the manifest gives: the server's copy is wrong.`,
        );
      }
      bytes.set(piece, filled);
      filled += piece.length;
      onBytes(piece.length);
    }
    if (filled < expectedBytes) throw new Error(`it ended after ${filled} of ${expectedBytes} bytes`);
    return bytes;
  });
}

/** A file whose size nobody knows beforehand. @throws DataError `data_fetch` when the server fails or stalls */
export function downloadFile(options: DownloadOptions): Promise<Uint8Array<ArrayBuffer>> {
  return transfer(options, async (answer) => {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for await (const piece of piecesOf(answer)) pieces.push(piece);
    return new Uint8Array(await new Blob(pieces).arrayBuffer());
  });
}
