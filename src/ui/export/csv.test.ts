import Papa from 'papaparse';
import { expect, it } from 'vitest';
import { csvOf } from '@/ui/export/csv';

it('reads back as it was, and leaves no number that is none', () => {
  const text = csvOf(
    ['name', 'value'],
    [
      ['a,"b"\nc', 0.1],
      ['数字', NaN],
      ['=1+1', -Infinity],
      ['-2', -2e-7],
    ],
  );
  const { data } = Papa.parse<string[]>(text.trimEnd().replace('\u{feff}', ''));
  expect(data).toEqual([
    ['name', 'value'],
    ['a,"b"\nc', '0.1'],
    ['数字', ''],
    // A spreadsheet would run it.
    ["'=1+1", ''],
    ["'-2", '-2e-7'],
  ]);
});
