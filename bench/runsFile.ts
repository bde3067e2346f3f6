/** The history of a measurement, run by run: bench/results/NAME/runs.json. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';

/** Where the runs of `name` are kept. */
export const runsPath = (name: string): string =>
  fileURLToPath(new URL(`results/${name}/runs.json`, import.meta.url));

/** All that was measured, the oldest first. @throws ValiError naming what does not fit, where somebody edited the file */
export function readRunsFile<Run>(path: string, schema: v.GenericSchema<unknown, Run>): Run[] {
  if (!existsSync(path)) return [];
  const file = v.object({ version: v.literal(1), runs: v.array(schema) });
  return v.parse(file, JSON.parse(readFileSync(path, 'utf8'))).runs;
}

export function writeRunsFile(path: string, runs: readonly unknown[]): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify({ version: 1, runs }, null, 1)}\n`);
}
