/** Paints the drawing pad. Ink is black with alpha and the stylesheet inverts it in the dark, as in PixelGrid. */
import { mnistPenWidth } from '@/model/mnistPreprocess';
import { strokesOnPad } from '@/model/strokes';
import type { DrawingState } from '@/session/drawing';

/** Pixels of the canvas; the page shows it at half this size or less, so strokes stay sharp on dense screens. */
export const canvasSize = 784;

/**
 * Share of the pad's side. The network reads every drawing with a pen of MNIST's width, however large it is; the pad's own is
 * thin enough for the eye to tell the smallest digits that are read.
 */
const penWidth = 0.03;
/** On a test image, which fills the pad: as wide as the image's own strokes. */
const samplePenWidth = mnistPenWidth / 28;

export interface PenCursor {
  /** Cell of the 28 x 28 grid. */
  readonly column: number;
  readonly row: number;
  readonly isDown: boolean;
}

function paintSample(context: CanvasRenderingContext2D, pixels: Uint8Array): void {
  const cell = canvasSize / 28;
  for (const [index, value] of pixels.entries()) {
    if (value === 0) continue;
    context.fillStyle = `rgb(0 0 0 / ${value / 255})`;
    context.fillRect((index % 28) * cell, Math.floor(index / 28) * cell, cell, cell);
  }
}

function paintStrokes(context: CanvasRenderingContext2D, { strokes, sample }: DrawingState): void {
  const width = (sample === null ? penWidth : samplePenWidth) * canvasSize;
  context.strokeStyle = '#000';
  context.fillStyle = '#000';
  context.lineWidth = width;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const { points } of strokesOnPad(strokes)) {
    const [first] = points;
    if (first === undefined) continue;
    // A line without length paints nothing, so a tap needs a dot of its own.
    context.beginPath();
    context.arc(first.x * canvasSize, first.y * canvasSize, width / 2, 0, Math.PI * 2);
    context.fill();
    context.beginPath();
    for (const { x, y } of points) context.lineTo(x * canvasSize, y * canvasSize);
    context.stroke();
  }
}

function paintCursor(context: CanvasRenderingContext2D, cursor: PenCursor): void {
  const cell = canvasSize / 28;
  context.strokeStyle = cursor.isDown ? '#000' : '#777';
  context.lineWidth = cursor.isDown ? 8 : 5;
  context.strokeRect(cursor.column * cell, cursor.row * cell, cell, cell);
  context.beginPath();
  context.arc((cursor.column + 0.5) * cell, (cursor.row + 0.5) * cell, cell, 0, Math.PI * 2);
  context.stroke();
}

export function paintPad(canvas: HTMLCanvasElement, state: DrawingState, cursor: PenCursor | null): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.clearRect(0, 0, canvasSize, canvasSize);
  if (state.sample !== null) paintSample(context, state.sample.pixels);
  paintStrokes(context, state);
  if (cursor !== null) paintCursor(context, cursor);
}
