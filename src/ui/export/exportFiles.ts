/** What of a part of the page can be saved, and the saving. */
import { isValidElement, type ReactElement } from 'react';
import { csvOf, type CsvCell } from '@/ui/export/csv';
import { download } from '@/ui/export/download';
import { pngOf, svgSource } from '@/ui/export/pictureFiles';
import { shownPicture } from '@/ui/export/shownPicture';

export interface ExportTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly CsvCell[])[];
}

export interface ExportFiles {
  /** What it is, for screen readers: "Save the confusion matrix". */
  readonly label: string;
  /** Without an ending. */
  readonly fileName: string;
  /** An <svg> as `svgSource` takes it, rendered when a file is made; or what stands on the page then, under a heading. */
  readonly picture?: ReactElement | { readonly heading: string };
  /** Asked for when a file is made. */
  readonly table?: () => ExportTable;
  readonly isDisabled?: boolean;
}

export type ExportKind = 'png' | 'svg' | 'csv';

export function exportKinds(hasPicture: boolean, hasTable: boolean): readonly ExportKind[] {
  return [...(hasPicture ? (['png', 'svg'] as const) : []), ...(hasTable ? (['csv'] as const) : [])];
}

/**
 * @param region holds what is shown
 * @throws Error where the browser cannot write the picture
 */
export async function saveExport(
  kind: ExportKind,
  files: ExportFiles,
  region: Element | null,
): Promise<void> {
  const { fileName, picture, table } = files;
  if (kind === 'csv') {
    if (table === undefined) return;
    const { header, rows } = table();
    download(`${fileName}.csv`, csvOf(header, rows), 'text/csv');
    return;
  }
  if (picture === undefined) return;
  const isDrawn = isValidElement(picture);
  if (!isDrawn && region === null) throw new Error('What is to be saved is not on the page any more.');
  const source = isDrawn ? svgSource(picture) : shownPicture(region as Element, picture.heading);
  if (kind === 'svg') download(`${fileName}.svg`, source, 'image/svg+xml');
  else download(`${fileName}.png`, await pngOf(source), 'image/png');
}
