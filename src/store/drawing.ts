/** What is on the drawing pad: kept here, so that it is still there when another view opens. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { type GreyImage, mnistPreprocess } from '@/model/mnistPreprocess';
import { drawStrokes, emptyImage, type Stroke, type StrokePoint } from '@/model/strokes';

/** A test image on the pad, under the strokes. */
export interface DrawingSample {
  readonly index: number;
  readonly label: number;
  /** 28 x 28 bytes. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

export interface DrawingState {
  readonly strokes: readonly Stroke[];
  readonly sample: DrawingSample | null;
}

export const drawing = createStore<DrawingState>(() => ({ strokes: [], sample: null }));

export function useDrawing<T>(selector: (state: DrawingState) => T): T {
  return useStore(drawing, selector);
}

export const drawingActions = {
  beginStroke: (point: StrokePoint): void => {
    drawing.setState(({ strokes }) => ({ strokes: [...strokes, { points: [point] }] }));
  },
  extendStroke: (points: readonly StrokePoint[]): void => {
    drawing.setState(({ strokes }) => {
      const last = strokes.at(-1);
      if (last === undefined || points.length === 0) return {};
      return { strokes: [...strokes.slice(0, -1), { points: [...last.points, ...points] }] };
    });
  },
  /** Takes the last stroke back; where there is none, the sample. */
  undo: (): void => {
    drawing.setState(({ strokes, sample }) =>
      strokes.length > 0 ? { strokes: strokes.slice(0, -1), sample } : { sample: null },
    );
  },
  clear: (): void => {
    drawing.setState({ strokes: [], sample: null });
  },
  loadSample: (sample: DrawingSample): void => {
    drawing.setState({ strokes: [], sample });
  },
} as const;

export function isEmptyDrawing({ strokes, sample }: DrawingState): boolean {
  return strokes.length === 0 && sample === null;
}

const rasterSize = 140;

function enlarged(pixels: Uint8Array): GreyImage {
  const image = emptyImage(rasterSize);
  const factor = rasterSize / 28;
  for (let i = 0; i < image.values.length; i += 1) {
    const x = Math.floor((i % rasterSize) / factor);
    const y = Math.floor(Math.floor(i / rasterSize) / factor);
    image.values[i] = (pixels[y * 28 + x] ?? 0) / 255;
  }
  return image;
}

/** The 28 x 28 bytes that the network sees: a sample as it is, strokes through MNIST's preprocessing. */
export function networkImage({ strokes, sample }: DrawingState): Uint8Array<ArrayBuffer> {
  if (strokes.length === 0 && sample !== null) return sample.pixels;
  const image = sample === null ? emptyImage(rasterSize) : enlarged(sample.pixels);
  drawStrokes(image, strokes);
  return mnistPreprocess(image);
}
