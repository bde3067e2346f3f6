/** What is wrong with a file from outside; `code` and `details` let the page word it in the user's language. */
export type FormatErrorCode =
  /** The file ends early, or its lengths do not add up. */
  | 'truncated'
  /** The header is not what the format asks for. */
  | 'header'
  /** A number type that this app does not read. */
  | 'dtype'
  /** Tensors overlap, leave holes, or their bytes do not match their shape. */
  | 'layout'
  /** Good file, but not of this network. */
  | 'mismatch';

export class FormatError extends Error {
  override readonly name = 'FormatError';
  readonly code: FormatErrorCode;
  constructor(code: FormatErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
