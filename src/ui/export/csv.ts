/** Tables as CSV (RFC 4180), as spreadsheets and pandas read it. */
import Papa from 'papaparse';

/** A number that is none is an empty cell. */
export type CsvCell = string | number;

/** With a byte order mark, by which spreadsheets know that it is UTF-8. Text that a spreadsheet would run as a formula gets a ' before it. */
export function csvOf(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === 'number' && !Number.isFinite(cell) ? '' : cell)),
  );
  return `\u{feff}${Papa.unparse({ fields: [...header], data: cells }, { newline: '\r\n', escapeFormulae: true })}\r\n`;
}
