/** The draft as a link, packed where it is long, and kept for the next visit. */
import { deflateSync, inflateSync } from 'fflate';
import { configFromQuery, configToQuery, dataQueryKey, type LinkIssue } from '@/model/configQuery';
import { defaultConfig } from '@/model/presets';
import { hyperparameters } from '@/model/hyperparameters';
import type { RunConfig } from '@/model/runConfig';
import { hash32 } from '@/model/random';
import { fromBase64Url, LinkError, toBase64Url } from '@/session/linkBytes';
import { linkParams } from '@/session/linkText';

const storageKey = 'digit-lab.draft';

export interface LinkedDraft {
  readonly config: RunConfig;
  /** What of the link could not be used. */
  readonly issues: readonly LinkIssue[];
}

/** Of what links say; a change of what a setting's absence means is a new one. */
const version = 1;
const versionKey = 'v';
/** The parameter that carries all others, packed: `1.` and base64url. */
const packedKey = 'c';
/** Up to here a person may read a link, and chat programs show it whole. */
const longestReadable = 200;
/** A network of 256 layers has some 3,000. */
const longestPacked = 20_000;

/** Tells a changed letter from what was written. */
function checksum(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => hash32(sum + byte), 0);
}

const headBytes = 6;

/** The length and the checksum of what follows, so that what was cut is told from what was changed. */
function packed(query: string): string {
  const bytes = deflateSync(new TextEncoder().encode(query), { level: 9 });
  const head = new DataView(new ArrayBuffer(headBytes));
  head.setUint16(0, bytes.length);
  head.setUint32(2, checksum(bytes));
  return `${version}.${toBase64Url([...new Uint8Array(head.buffer), ...bytes])}`;
}

/** @throws LinkError */
function unpacked(text: string): string {
  if (text.length > longestPacked) throw new LinkError('damaged');
  const all = fromBase64Url(text);
  if (all.length < headBytes) throw new LinkError('cut_off');
  const head = new DataView(all.buffer, all.byteOffset);
  const bytes = all.subarray(headBytes);
  if (bytes.length < head.getUint16(0)) throw new LinkError('cut_off');
  if (bytes.length > head.getUint16(0) || checksum(bytes) !== head.getUint32(2))
    throw new LinkError('damaged');
  return new TextDecoder().decode(inflateSync(bytes));
}

/** What stands behind the `?` or `#` of a link to this draft. */
export function draftToQuery(draft: RunConfig): string {
  const query = new URLSearchParams([[versionKey, String(version)], ...configToQuery(draft)]).toString();
  return query.length <= longestReadable ? query : `${packedKey}=${packed(query)}`;
}

type Params = readonly (readonly [string, string])[];

const issueOf = (code: LinkIssue['code'], value: string): LinkIssue => ({ code, key: versionKey, value });

/** A link that cannot be read opens with the defaults. */
function fromPacked(text: string): LinkedDraft {
  const [written = '', body = ''] = text.split('.', 2);
  if (Number(written) > version)
    return { config: defaultConfig('mynn'), issues: [issueOf('newer_version', written)] };
  try {
    return fromParams(linkParams(unpacked(body)));
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return { config: defaultConfig('mynn'), issues: [issueOf(error.code, text.slice(0, 40))] };
  }
}

function fromParams(params: Params): LinkedDraft {
  const written = params.find(([key]) => key === versionKey)?.[1] ?? String(version);
  const { config, issues } = configFromQuery(params.filter(([key]) => key !== versionKey));
  const isKnown = Number(written) <= version;
  return { config, issues: isKnown ? issues : [issueOf('newer_version', written.slice(0, 40)), ...issues] };
}

const keys: ReadonlySet<string> = new Set([dataQueryKey, ...hyperparameters.map(({ key }) => key)]);

/** The draft of a link such as `?network=lenet`; null where it names no setting, as links with other parameters do. */
export function draftFromQuery(query: string): LinkedDraft | null {
  const params = linkParams(query);
  const [, whole] = params.find(([key, value]) => key === packedKey && /^\d+\./u.test(value)) ?? [];
  if (whole !== undefined) return fromPacked(whole);
  return params.some(([key]) => keys.has(key)) ? fromParams(params) : null;
}

/** The draft of the last visit, or the report's first run. */
export function loadDraft(storage: Pick<Storage, 'getItem'>): RunConfig {
  const stored = storage.getItem(storageKey) ?? '';
  return draftFromQuery(stored)?.config ?? defaultConfig('mynn');
}

export function saveDraft(storage: Pick<Storage, 'setItem'>, draft: RunConfig): void {
  storage.setItem(storageKey, draftToQuery(draft));
}
