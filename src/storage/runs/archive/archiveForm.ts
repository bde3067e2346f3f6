/**
 * The form of a file of runs: a zip with manifest.json, and of each run under runs/ID/ run.json (as it is stored), tests.json,
 * statistics.json, curvature.json, metrics.safetensors (a float32 tensor a column, a value a step) and keyframes.safetensors (tensors named
 * STEP/parameters/KEY and STEP/optimizer.SLOT/KEY). JSON has no NaN, no infinity and no -0: they are {"number": "NaN"}.
 * docs/runs-file.md describes it for other programs.
 */
import * as v from 'valibot';
import { runIdSchema } from '@/storage/runs/runSchema';

export const archiveFormat = 'digit-lab-runs';
/** Of the layout of the files; run.json has its own. */
export const archiveVersion = 1;
export const manifestName = 'manifest.json';

export const archiveParts = {
  run: 'run.json',
  tests: 'tests.json',
  statistics: 'statistics.json',
  curvature: 'curvature.json',
  metrics: 'metrics.safetensors',
  keyframes: 'keyframes.safetensors',
} as const;
export type ArchivePart = keyof typeof archiveParts;

export const partName = (runId: string, part: ArchivePart): string => `runs/${runId}/${archiveParts[part]}`;

/** More than a person keeps, and what a zip's table of contents may hold. */
export const mostRuns = 9000;

/** What the first files had of each run. */
const firstParts: readonly ArchivePart[] = ['run', 'tests', 'statistics', 'metrics', 'keyframes'];

export const manifestSchema = v.object({
  format: v.literal(archiveFormat),
  version: v.literal(archiveVersion),
  pageVersion: v.string(),
  runs: v.pipe(v.array(runIdSchema), v.maxLength(mostRuns)),
  /** What the file has of each run: without this list one that was lost would pass for one that never was. */
  parts: v.optional(v.array(v.string()), () => [...firstParts]),
});

export const versionSchema = v.object({ format: v.literal(archiveFormat), version: v.number() });

const isSpecial = (value: number): boolean => !Number.isFinite(value) || Object.is(value, -0);
const specialText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
const specialTexts: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-0': -0,
};

/** JSON that holds every number. */
export function encodeJson(value: unknown): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'number' && isSpecial(part) ? { number: specialText(part) } : part,
  );
  return new TextEncoder().encode(text);
}

/** @throws SyntaxError, TypeError where it is no UTF-8 */
export function decodeJson(bytes: Uint8Array<ArrayBuffer>): unknown {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  return JSON.parse(text, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || !('number' in part)) return part;
    const { number } = part;
    return typeof number === 'string' && Object.hasOwn(specialTexts, number) ? specialTexts[number] : part;
  });
}
