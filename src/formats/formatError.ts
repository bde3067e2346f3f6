/** What is wrong with a file from outside; `details` let the page word it in the user's language. */
import type { FormatDetails } from '@/model/weightFiles';

export class FormatError extends Error {
  override readonly name = 'FormatError';
  readonly details: FormatDetails;
  constructor(details: FormatDetails, message: string, options?: ErrorOptions) {
    super(message, options);
    this.details = details;
  }
}

const longestName = 120;

/** Names come from files and may be of any length. */
export function shortName(name: string): string {
  return name.length <= longestName ? name : `${name.slice(0, longestName)}…`;
}
