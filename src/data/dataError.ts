/** A failure to get the data, told so that a person can act on it; the codes are those of the worker protocol. */

export type DataErrorCode = 'data_fetch' | 'data_checksum' | 'data_decode';

/** What the server did, in parts, for whoever says it in another language. */
export type DataErrorDetails =
  /** Answered with an error. */
  | { readonly kind: 'http'; readonly status: number }
  /** Sent a web page in the file's place, as servers do for addresses that they do not know. */
  | { readonly kind: 'web_page' }
  /** Sent nothing for so long. */
  | { readonly kind: 'stalled'; readonly seconds: number }
  /** Was not reached, or the connection broke. */
  | { readonly kind: 'disconnected' };

export interface DataErrorOptions extends ErrorOptions {
  readonly details?: DataErrorDetails | undefined;
}

export class DataError extends Error {
  override readonly name = 'DataError';
  readonly code: DataErrorCode;
  /** Name of the file it is about, such as `train-3.png`. */
  readonly file: string;
  readonly details: DataErrorDetails | undefined;

  constructor(code: DataErrorCode, file: string, message: string, options: DataErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.file = file;
    this.details = options.details;
  }
}

/** One line for any thrown value, for use inside a longer message. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
