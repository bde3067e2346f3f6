/** What of an image can be saved: as it stands on the page, and its grey levels as a table. */
import type { ExportFiles } from '@/ui/export/exportFiles';

const side = 28;

/**
 * @param pixels row-major, 28 x 28, 0 (paper) to 255 (ink)
 * @param heading stands above the picture
 */
export function imageFiles(
  pixels: Uint8Array,
  heading: string,
  names: Pick<ExportFiles, 'label' | 'fileName'>,
): ExportFiles {
  return {
    ...names,
    picture: { heading },
    table: () => ({
      header: ['row', 'column', 'grey'],
      rows: Array.from(pixels, (grey, i) => [Math.floor(i / side) + 1, (i % side) + 1, grey]),
    }),
  };
}
