/** The image that the views of Inspect look at: the drawing, a test image, or one from a file. Kept here, so that any page can send one there. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { drawing, isEmptyDrawing, networkImage } from '@/session/drawing';
import { dataKey } from '@/model/dataSet';
import { shownData } from '@/session/selectors';
import { session } from '@/session/session';

type Pixels = Uint8Array<ArrayBuffer>;

export type ImageSource = 'drawing' | 'test' | 'file';

export interface InspectedImageState {
  /** Null: nobody has chosen yet; then the drawing, where something is drawn, else a test image. */
  readonly source: ImageSource | null;
  /** Of the test set; asked for. */
  readonly index: number;
  /** The test image last loaded; null until the first is there. */
  readonly test: {
    readonly index: number;
    /** Which data it is of (dataKey). */
    readonly data: string;
    readonly label: number;
    readonly pixels: Pixels;
  } | null;
  readonly file: { readonly name: string; readonly pixels: Pixels } | null;
}

export const inspectedImage = createStore<InspectedImageState>(() => ({
  source: null,
  index: 0,
  test: null,
  file: null,
}));

export function useInspectedImage<T>(selector: (state: InspectedImageState) => T): T {
  return useStore(inspectedImage, selector);
}

export function imageSource({ source }: InspectedImageState): ImageSource {
  return source ?? (isEmptyDrawing(drawing.getState()) ? 'test' : 'drawing');
}

export const inspectedImageActions = {
  showSource: (source: ImageSource): void => inspectedImage.setState({ source }),
  /** Whatever was asked for last is shown, in whichever order answers come. @throws RequestError before the test images are there */
  showTest: async (index: number): Promise<void> => {
    inspectedImage.setState({ source: 'test', index });
    const data = dataKey(shownData(session.store.getState()));
    const { test } = inspectedImage.getState();
    if (test?.index === index && test.data === data) return;
    const { images, labels } = await session.actions.testImages([index]);
    if (inspectedImage.getState().index !== index) return;
    inspectedImage.setState({ test: { index, data, label: labels[0] ?? 0, pixels: images } });
  },
  /** 28 x 28 bytes, white on black. */
  showFile: (name: string, pixels: Pixels): void =>
    inspectedImage.setState({ source: 'file', file: { name, pixels } }),
} as const;

/** The 28 x 28 bytes on show; null where there are none yet, or nothing is drawn. */
export function inspectedPixels(state: InspectedImageState): Pixels | null {
  const source = imageSource(state);
  if (source === 'test') return state.test?.pixels ?? null;
  if (source === 'file') return state.file?.pixels ?? null;
  const drawn = drawing.getState();
  return isEmptyDrawing(drawn) ? null : networkImage(drawn);
}
