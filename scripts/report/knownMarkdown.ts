/** docs/presets.md from the measured figures. */
import { knownPresets, type KnownPreset } from '@/model/knownPresets';
import { details, entryRow, percent } from './entryMarkdown.ts';
import type { ReportEntry } from './reportFile.ts';

function row({ id, published, sources }: KnownPreset, entry: ReportEntry): string {
  const cells = [
    id,
    `${entry.length}, seed ${entry.seed}`,
    sources.length === 0
      ? 'found here: `npm run bench:best`'
      : `${published === null ? 'no figure' : percent(published)} (${sources.map(({ title, url }) => `[${title}](${url})`).join('; ')})`,
  ];
  return entryRow(cells, entry);
}

/** The whole file. */
export function knownMarkdown(entries: readonly ReportEntry[]): string {
  const known = knownPresets.flatMap((preset) =>
    entries
      .filter(({ runId }) => runId === preset.id)
      .toSorted((a, b) => a.seed - b.seed)
      .map((entry) => ({ preset, entry })),
  );
  const missing = knownPresets.filter(({ id }) => entries.every(({ runId }) => runId !== id));
  return [
    '# Presets that people know, run here',
    '',
    'Written by `npm run report -- --known` from the figures in [presets.json](presets.json), which the same command measures; not by hand.',
    'Every run goes through the real trainer, once, to its end. What differs from the source the page says beside the preset.',
    'Wall times were taken on whatever else the machine was doing; processor time counts this command alone.',
    '',
    '| preset | length | published | measured | as it should be | time | engine | finished (UTC) |',
    '|---|---|---|---|---|---|---|---|',
    ...known.map(({ preset, entry }) => row(preset, entry)),
    '',
    ...(missing.length === 0 ? [] : [`Not run yet: ${missing.map(({ id }) => id).join(', ')}.`, '']),
    ...known.flatMap(({ entry }) => details(entry)),
  ].join('\n');
}
