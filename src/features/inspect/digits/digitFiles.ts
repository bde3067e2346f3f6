/** What of a list of digits can be saved: as it stands on the page, and all of them as a table. */
import type { ListedDigit } from '@/features/inspect/digits/DigitList';
import type { ExportFiles } from '@/ui/export/exportFiles';

/** @param heading stands above the picture */
export function digitFiles(
  digits: readonly ListedDigit[],
  heading: string,
  names: Pick<ExportFiles, 'label' | 'fileName'>,
): ExportFiles {
  return {
    ...names,
    isDisabled: digits.length === 0,
    picture: { heading },
    table: () => ({
      header: ['index', 'label', 'prediction', 'confidence'],
      rows: digits.map(({ index, label, prediction, confidence }) => [
        index,
        label,
        prediction ?? NaN,
        confidence ?? NaN,
      ]),
    }),
  };
}
