/** The image that is inspected, as the tabs read it. */
import { useEffect, useMemo } from 'react';
import { useDrawing } from '@/session/drawing';
import {
  imageSource,
  inspectedImageActions,
  inspectedPixels,
  useInspectedImage,
  type ImageSource,
} from '@/session/inspectedImage';
import { dataKey } from '@/model/dataSet';
import { shownData, shownTestImages } from '@/session/selectors';
import { useSession } from '@/session/session';

export interface InspectedImage {
  readonly source: ImageSource;
  /** 28 x 28 bytes, the same object as long as it is the same image; null: none yet. */
  readonly pixels: Uint8Array<ArrayBuffer> | null;
  /** The class of a test image; null where nobody knows it. */
  readonly label: number | null;
}

export function useImage(): InspectedImage {
  const state = useInspectedImage((image) => image);
  const drawn = useDrawing((drawing) => drawing);
  const all = useSession(shownTestImages);
  const data = useSession((session) => dataKey(shownData(session)));
  // Another data set may have fewer.
  const index = all === 0 ? state.index : Math.min(state.index, all - 1);
  const source = imageSource(state);
  const isMissing = source === 'test' && (state.test?.index !== index || state.test.data !== data);
  useEffect(() => {
    // A worker that goes away meanwhile is replaced, and the images come again.
    if (isMissing && all > index) inspectedImageActions.showTest(index).catch(() => undefined);
  }, [isMissing, all, index]);
  return useMemo(
    () => ({
      source,
      pixels: inspectedPixels(state),
      label: source === 'test' ? (state.test?.label ?? null) : null,
    }),
    // What is drawn is read from its own store.
    // oxlint-disable-next-line react/exhaustive-deps
    [source, state, drawn],
  );
}
