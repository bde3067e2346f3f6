/** The searches' tables of docs/performance.md, out of bench/results/fast and bench/results/best. */
import { fileURLToPath } from 'node:url';
import { fastPreset } from '@/model/fastPreset';
import { table } from './reportMarkdown.ts';
import { readRuns, summarize, type SearchRun, type SearchSummary } from './searchResults.ts';

const runsOf = (file: string): SearchRun[] =>
  readRuns(fileURLToPath(new URL(`results/${file}.json`, import.meta.url)));

const percent = (share: number): string => (100 * share).toFixed(2);

/** A row a candidate, the quickest first; those for which `isChosen` holds in bold. */
function searchTable(summaries: readonly SearchSummary[], isChosen: (one: SearchSummary) => boolean): string {
  return table(
    ['network; training', 'seeds', 'median %', 'least %', 'processor s'],
    summaries.map((one) => [
      isChosen(one) ? `**${one.candidate}**` : one.candidate,
      String(one.seeds),
      percent(one.accuracy),
      percent(one.leastAccuracy),
      one.cpuSeconds.toFixed(one.cpuSeconds < 100 ? 2 : 0),
    ]),
  );
}

/** The candidates for "To 99% as fast as possible". */
export function fastTable(): string {
  const { measured } = fastPreset;
  return searchTable(
    summarize(runsOf('fast/runs')),
    ({ seeds, accuracy, cpuSeconds }) =>
      seeds === measured.seeds &&
      accuracy.toFixed(5) === measured.accuracy.toFixed(5) &&
      cpuSeconds.toFixed(2) === measured.seconds.toFixed(2),
  );
}

/** The candidates for the best network in five minutes. */
export function bestTable(): string {
  const summaries = summarize(runsOf('best/runs'));
  return summaries.length === 0 ? 'No run is kept yet.' : searchTable(summaries, () => false);
}

/** The preset on the page in Chromium, and in PyTorch. */
export function placesTable(): string {
  const places = [
    ['the page in Chromium', 'fast/chromium'],
    ['PyTorch', 'fast/pytorch'],
  ] as const;
  return table(
    ['', 'seeds', 'median %', 'least %', 'processor s', 'by the clock, s', 'load'],
    places.flatMap(([place, file]) => {
      const runs = runsOf(file);
      const loads = runs.map(({ load }) => load);
      const [summary] = summarize(runs);
      if (summary === undefined) return [];
      return [
        [
          place,
          String(summary.seeds),
          percent(summary.accuracy),
          percent(summary.leastAccuracy),
          summary.cpuSeconds.toFixed(2),
          summary.seconds.toFixed(2),
          `${Math.min(...loads).toFixed(0)} to ${Math.max(...loads).toFixed(0)}`,
        ],
      ];
    }),
  );
}
