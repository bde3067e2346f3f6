/** The measured figures beside docs/report.md: written by the command alone, merged run by run. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';

const counts = v.array(v.number());
const entrySchema = v.object({
  key: v.string(),
  runId: v.string(),
  length: v.string(),
  seed: v.number(),
  steps: v.number(),
  /** ISO 8601, UTC. */
  finishedAt: v.string(),
  engine: v.string(),
  device: v.string(),
  /** Wall time, and processor time, which other work on the machine does not lengthen. */
  seconds: v.number(),
  cpuSeconds: v.number(),
  /** A few training losses on the way, the first and the last among them; null where not finite. */
  losses: v.array(v.object({ step: v.number(), loss: v.nullable(v.number()) })),
  tests: v.array(
    v.object({
      step: v.number(),
      epoch: v.number(),
      loss: v.nullable(v.number()),
      sumOfBatchMeans: v.nullable(v.number()),
      accuracy: v.number(),
      classes: v.object({ labelled: counts, predicted: counts, right: counts }),
    }),
  ),
  checks: v.array(v.object({ text: v.string(), isMet: v.boolean() })),
  /** What the doctor said, after how many steps it first said it, and the digits that it named. */
  verdicts: v.optional(
    v.array(v.object({ step: v.number(), id: v.string(), digits: v.array(v.number()) })),
    [],
  ),
});
const fileSchema = v.object({ version: v.literal(1), entries: v.array(entrySchema) });

export type ReportEntry = v.InferOutput<typeof entrySchema>;
export type LossPoint = ReportEntry['losses'][number];

/** @throws ValiError naming what does not fit, where somebody edited the file */
export function readEntries(path: string): ReportEntry[] {
  if (!existsSync(path)) return [];
  return v.parse(fileSchema, JSON.parse(readFileSync(path, 'utf8'))).entries;
}

/** Puts the entry in place of an earlier one of the same key; others stay. Reads first: two commands may run at once. */
export function mergeEntry(path: string, entry: ReportEntry): ReportEntry[] {
  const entries = [...readEntries(path).filter(({ key }) => key !== entry.key), entry];
  writeFileSync(path, `${JSON.stringify({ version: 1, entries })}\n`);
  return entries;
}
