/** A report of npm run bench as Markdown, with everything that was counted. */
import type { Measured } from './measure.ts';
import type { Scaling } from './scaling.ts';

export interface BenchReport {
  readonly date: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string };
  /** The Vulkan driver of the webgpu rows in Node. */
  readonly driver: string | null;
  /** Load average of a minute, before and after. */
  readonly load: readonly [number, number];
  readonly rounds: number;
  readonly suite: boolean;
  /** The commit that changed the engines last, with a + where changes were not committed; null without git. */
  readonly engineCommit: string | null;
  /** Which rows were asked for; null for all. */
  readonly only: readonly string[] | null;
  readonly where: 'node' | 'chromium';
  readonly results: readonly Measured[];
  readonly scaling: readonly Scaling[];
}

// NaN has become null in the file.
const number = (value: number | null | undefined, digits: number): string =>
  value === null || value === undefined || Number.isNaN(value) ? '' : value.toFixed(digits);

/** A Markdown table; numbers stand right, the first column left. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function resultTable(results: readonly Measured[]): string {
  return table(
    [
      'engine',
      'ms a step',
      'min to max',
      'images/s',
      'ratio',
      'dispatches',
      'submits',
      'JS ms',
      'GPU MB',
      'first step, s',
    ],
    results.map(({ label, profile, error, ...row }) =>
      error !== null && row.rounds.length === 0
        ? [
            label,
            `not measured: ${error.replaceAll('|', ' ').split('\n')[0] ?? ''}`,
            ...Array<string>(8).fill(''),
          ]
        : [
            label,
            number(row.median, 2),
            `${number(row.minimum, 2)} to ${number(row.maximum, 2)}`,
            number(row.imagesPerSecond, 0),
            number(row.ratio, 2),
            number(profile?.dispatches, 1),
            number(profile?.submits, 2),
            number(profile?.javascriptMilliseconds, 2),
            number((profile?.gpuBytes ?? Number.NaN) / 1e6, 1),
            number(row.firstStepMilliseconds / 1000, 1),
          ],
    ),
  );
}

function scalingTable({ by, points }: Scaling): string {
  return table(
    [by === 'batch' ? 'batch size' : 'width', 'ms a step', 'min to max', 'images/s'],
    points.map((point) => [
      String(by === 'batch' ? point.batchSize : point.width),
      number(point.median, 2),
      `${number(point.minimum, 2)} to ${number(point.maximum, 2)}`,
      number(point.imagesPerSecond, 0),
    ]),
  );
}

/** One report as Markdown. */
export function reportMarkdown(report: BenchReport): string {
  const { date, machine, driver, load, rounds, where, results, scaling } = report;
  const place = where === 'node' ? `Node ${machine.node}` : 'Chromium';
  const adapter = driver === null ? '' : `, WebGPU by Dawn on \`${driver}\``;
  const about =
    `${date.slice(0, 16).replace('T', ' ')} UTC, ${machine.cpu || 'unknown CPU'}, ${machine.cores} cores, ${place}${adapter}; ` +
    `${rounds} rounds; load average ${load.map((value) => value.toFixed(1)).join(' before, ')} after.`;
  const parts = [about];
  for (const network of new Set(results.map((result) => result.network))) {
    const own = results.filter((result) => result.network === network);
    parts.push(`**${network}, batch ${own[0]?.batchSize ?? ''}**`, resultTable(own));
  }
  for (const one of scaling) {
    parts.push(
      `**${one.network}, ${one.label}, by ${one.by}: time ~ ${one.by}^${one.exponent.toFixed(2)} over the larger half**`,
      scalingTable(one),
    );
  }
  return parts.join('\n\n');
}
