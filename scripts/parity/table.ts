/** The comparison as a table: one line a quantity, with its largest relative error beside its tolerance. */
import { assertNever } from '@/model/layers';
import type { Check } from '../fixtures/compare.ts';
import { byRunNoise } from './rules.ts';
import type { UnitResult } from './units.ts';

export interface QuantityRow {
  readonly quantity: string;
  readonly checks: number;
  /** Of these, held only to being finite. */
  readonly finiteOnly: number;
  readonly failures: number;
  /** The compared entry with the largest relative error, and the one nearest to its tolerance; null where all are finite-only. */
  readonly largest: Check | null;
  readonly nearest: Check | null;
}

/** error / tolerance; 0 for an exact match whose tolerance is 0. */
export function usedTolerance({ error, tolerance }: Check): number {
  return error === 0 ? 0 : error / tolerance;
}

function greatest(checks: readonly Check[], measure: (check: Check) => number): Check | null {
  return checks.reduce<Check | null>(
    (best, check) => (best === null || measure(check) > measure(best) ? check : best),
    null,
  );
}

export function quantityRows(checks: readonly Check[]): QuantityRow[] {
  const groups = new Map<string, Check[]>();
  for (const check of checks) groups.set(check.quantity, [...(groups.get(check.quantity) ?? []), check]);
  return [...groups].map(([quantity, group]) => {
    const compared = group.filter(({ rule }) => rule === 'compare');
    return {
      quantity,
      checks: group.length,
      finiteOnly: group.length - compared.length,
      failures: group.filter(({ pass }) => !pass).length,
      largest: greatest(compared, ({ error }) => error),
      nearest: greatest(compared, usedTolerance),
    };
  });
}

const shortNumber = (value: number): string => (value === 0 ? '0' : value.toExponential(1));

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function quantityTable(checks: readonly Check[]): string {
  const header = [
    'quantity',
    'checks',
    'finite only',
    'largest error',
    'tolerance',
    'nearest',
    'of its tolerance',
    '',
  ];
  const body = quantityRows(checks).map((row) => [
    row.quantity,
    String(row.checks),
    row.finiteOnly === 0 ? '' : String(row.finiteOnly),
    row.largest === null ? '' : shortNumber(row.largest.error),
    row.largest === null ? '' : shortNumber(row.largest.tolerance),
    row.nearest === null || row.nearest.error === 0 ? '' : row.nearest.name,
    row.nearest === null ? '' : `${(100 * usedTolerance(row.nearest)).toFixed(1)} %`,
    row.failures === 0 ? 'ok' : `FAILED ${row.failures}`,
  ]);
  return aligned([header, ...body]);
}

/** One piece's part of the report. */
export function formatUnit(result: UnitResult, seconds: number): string {
  const time = `${seconds.toFixed(1)} s`;
  switch (result.kind) {
    case 'done':
      return `\n${result.unit} on ${result.device}, ${time}\n${quantityTable(result.checks)}${noiseNote(result.checks)}${failureList(result.checks)}`;
    case 'refused':
      return `\n${result.unit} on ${result.device}: refused: ${result.message}`;
    case 'error':
      return `\n${result.unit}: ERROR after ${time}: ${result.message}`;
    default:
      return assertNever(result);
  }
}

/** Says where the tolerance is not that of the tensor. */
function noiseNote(checks: readonly Check[]): string {
  return checks.some(({ quantity }) => quantity.endsWith(byRunNoise))
    ? '\n  the run’s noise: a BatchNorm sees few values and this engine computes in float32, so single values may be as far from ' +
        'PyTorch’s as ten times the largest distance of PyTorch’s float32 from its float64 in the run'
    : '';
}

function failureList(checks: readonly Check[], shown = 12): string {
  const failures = checks.filter(({ pass }) => !pass);
  const lines = failures
    .slice(0, shown)
    .map(
      ({ quantity, name, error, tolerance }) =>
        `  FAILED ${quantity}: ${name}: ${shortNumber(error)} > ${shortNumber(tolerance)}`,
    );
  if (failures.length > shown) lines.push(`  and ${failures.length - shown} more`);
  return lines.length === 0 ? '' : `\n${lines.join('\n')}`;
}
