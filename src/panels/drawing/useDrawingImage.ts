/** The drawing as the network sees it, computed once a change. */
import { useMemo } from 'react';
import { isEmptyDrawing, networkImage, useDrawing } from '@/session/drawing';

const blank = new Uint8Array(28 * 28);

export interface DrawingImage {
  readonly isEmpty: boolean;
  /** 28 x 28 bytes. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

export function useDrawingImage(): DrawingImage {
  const state = useDrawing((drawing) => drawing);
  return useMemo(() => {
    const isEmpty = isEmptyDrawing(state);
    return { isEmpty, pixels: isEmpty ? blank : networkImage(state) };
  }, [state]);
}
