/** Makes any element the frame of a picture or a table: it says what of it can be saved, and has the menu that does it. */
import { type ReactNode, type RefObject, useRef } from 'react';
import { type ExportFiles, exportKinds } from '@/ui/export/exportFiles';
import { ExportMenu } from '@/ui/export/ExportMenu';

export interface ExportFrameParts<Frame extends HTMLElement> {
  /** For the element around. */
  readonly frame: {
    readonly ref: RefObject<Frame | null>;
    /** Journeys find what cannot be saved by it (e2e/savable.ts). */
    readonly 'data-exports'?: string;
  };
  /** Inside of it; none where there is nothing to save. */
  readonly menu: ReactNode;
}

export function useExportFrame<Frame extends HTMLElement>(
  files: ExportFiles | undefined,
): ExportFrameParts<Frame> {
  const ref = useRef<Frame>(null);
  if (files === undefined) return { frame: { ref }, menu: null };
  const kinds = exportKinds(files.picture !== undefined, files.table !== undefined);
  return {
    frame: { ref, 'data-exports': kinds.join(' ') },
    menu: <ExportMenu files={files} region={ref} />,
  };
}
