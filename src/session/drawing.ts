/** What is on the drawing pad: kept here, so that it is still there when another view opens. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { mnistPreprocess } from '@/model/mnistPreprocess';
import type { Stroke, StrokePoint } from '@/model/strokes';

/** An image on the pad, under the strokes. */
export interface PadImage {
  /** Of the test set, with its label; null: it is no test image. */
  readonly index: number | null;
  readonly label: number | null;
  /** 28 x 28 bytes. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

export interface DrawingSample extends PadImage {
  readonly index: number;
  readonly label: number;
}

/** Whoever draws holds the id of the own stroke: it may have been undone, and others may have begun theirs. */
export type StrokeId = number;

export interface DrawnStroke extends Stroke {
  readonly id: StrokeId;
}

export interface DrawingState {
  /** In the order in which they were begun. */
  readonly strokes: readonly DrawnStroke[];
  readonly sample: PadImage | null;
}

export const drawing = createStore<DrawingState>(() => ({ strokes: [], sample: null }));

export function useDrawing<T>(selector: (state: DrawingState) => T): T {
  return useStore(drawing, selector);
}

let lastId: StrokeId = 0;

export const drawingActions = {
  beginStroke: (point: StrokePoint): StrokeId => {
    lastId += 1;
    const stroke = { id: lastId, points: [point] };
    drawing.setState(({ strokes }) => ({ strokes: [...strokes, stroke] }));
    return stroke.id;
  },
  /** Does nothing where the stroke is no longer there. */
  extendStroke: (id: StrokeId, points: readonly StrokePoint[]): void => {
    const { strokes } = drawing.getState();
    const index = strokes.findIndex((stroke) => stroke.id === id);
    const stroke = strokes[index];
    if (stroke === undefined || points.length === 0) return;
    drawing.setState({ strokes: strokes.with(index, { id, points: [...stroke.points, ...points] }) });
  },
  removeStroke: (id: StrokeId): void => {
    drawing.setState(({ strokes }) => ({ strokes: strokes.filter((stroke) => stroke.id !== id) }));
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
  loadSample: (sample: PadImage): void => {
    drawing.setState({ strokes: [], sample });
  },
} as const;

export function isEmptyDrawing({ strokes, sample }: DrawingState): boolean {
  return strokes.length === 0 && sample === null;
}

export function hasStroke({ strokes }: DrawingState, id: StrokeId | null): boolean {
  return strokes.some((stroke) => stroke.id === id);
}

/** The 28 x 28 bytes that the network sees: a sample as it is, strokes through MNIST's preprocessing. */
export function networkImage({ strokes, sample }: DrawingState): Uint8Array<ArrayBuffer> {
  if (strokes.length === 0 && sample !== null) return sample.pixels;
  return mnistPreprocess(strokes, sample?.pixels ?? null);
}
