/** Paints the drawing pad. Ink is black with alpha and the stylesheet inverts it in the dark, as in PixelGrid. */
import { penWidth } from '@/model/strokes';
import type { DrawingState } from '@/store/drawing';

/** Pixels of the canvas; the page shows it at half this size or less, so strokes stay sharp on dense screens. */
export const canvasSize = 784;

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

function paintStrokes(context: CanvasRenderingContext2D, strokes: DrawingState['strokes']): void {
  context.strokeStyle = '#000';
  context.lineWidth = penWidth * canvasSize;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const { points } of strokes) {
    const [first] = points;
    if (first === undefined) continue;
    context.beginPath();
    context.moveTo(first.x * canvasSize, first.y * canvasSize);
    // A path of one point paints nothing: a line to itself paints the dot.
    for (const point of points) context.lineTo(point.x * canvasSize, point.y * canvasSize);
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
  paintStrokes(context, state.strokes);
  if (cursor !== null) paintCursor(context, cursor);
}
