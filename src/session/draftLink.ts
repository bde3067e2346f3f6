/** The draft as a link, and kept for the next visit. */
import { configFromQuery, configToQuery, type LinkIssue } from '@/model/configQuery';
import { defaultConfig } from '@/model/presets';
import { hyperparameters } from '@/model/hyperparameters';
import type { RunConfig } from '@/model/runConfig';
import { linkParams } from '@/session/linkText';

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

const keys: ReadonlySet<string> = new Set(hyperparameters.map(({ key }) => key));

/** The draft of a link such as `?network=lenet`; null where it names no setting, as links with other parameters do. */
export function draftFromQuery(query: string): LinkedDraft | null {
  const params = linkParams(query);
  return params.some(([key]) => keys.has(key)) ? configFromQuery(params) : null;
}

/** The draft of the last visit, or the report's first run. */
export function loadDraft(storage: Pick<Storage, 'getItem'>): RunConfig {
  const stored = storage.getItem(storageKey) ?? '';
  return draftFromQuery(stored)?.config ?? defaultConfig('mynn');
}

export function saveDraft(storage: Pick<Storage, 'setItem'>, draft: RunConfig): void {
  storage.setItem(storageKey, draftToQuery(draft));
}
