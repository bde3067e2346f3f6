/** What is wrong with a file of runs; `details` let the page word it in the user's language. */
export type ArchiveDetails =
  /** Another kind of file. */
  | { readonly kind: 'not_runs' }
  /** Written by a newer version of the page. */
  | { readonly kind: 'newer' }
  | { readonly kind: 'too_large' }
  /** `part`: of the file, such as `runs/ID/run.json`. */
  | { readonly kind: 'damaged'; readonly part: string };

export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
  readonly details: ArchiveDetails;
  constructor(details: ArchiveDetails, message: string, options?: ErrorOptions) {
    super(message, options);
    this.details = details;
  }
}
