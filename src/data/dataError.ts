/** A failure to get the data, told so that a person can act on it; the codes are those of the worker protocol. */

export type DataErrorCode = 'data_fetch' | 'data_checksum' | 'data_decode';

export class DataError extends Error {
  override readonly name = 'DataError';
  readonly code: DataErrorCode;
  /** Name of the file it is about, such as `train-3.png`. */
  readonly file: string;

  constructor(code: DataErrorCode, file: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.file = file;
  }
}

/** One line for any thrown value, for use inside a longer message. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
