/** The draft as a link, and kept for the next visit. */
import { configFromQuery, configToQuery, type LinkIssue } from '@/model/configQuery';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';

const storageKey = 'digit-lab.draft';

export interface LinkedDraft {
  readonly config: RunConfig;
  /** What of the link could not be used. */
  readonly issues: readonly LinkIssue[];
}

/** What stands behind the `?` of a link to this draft. */
export function draftToQuery(draft: RunConfig): string {
  return new URLSearchParams(configToQuery(draft)).toString();
}

/** The draft of a link such as `?network=lenet`; null where it names none. */
export function draftFromQuery(query: string): LinkedDraft | null {
  const params = new URLSearchParams(query);
  return params.has('network') ? configFromQuery(params) : null;
}

/** The draft of the last visit, or the report's first run. */
export function loadDraft(storage: Pick<Storage, 'getItem'> | null): RunConfig {
  const stored = storage?.getItem(storageKey) ?? '';
  return draftFromQuery(stored)?.config ?? defaultConfig('mynn');
}

export function saveDraft(storage: Pick<Storage, 'setItem'> | null, draft: RunConfig): void {
  try {
    storage?.setItem(storageKey, draftToQuery(draft));
  } catch {
    // Private windows may forbid writing.
  }
}
