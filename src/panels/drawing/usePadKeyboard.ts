/** The keyboard's way to draw: the pad is a pen plotter on a 28 x 28 grid. */
import { type KeyboardEvent, useState } from 'react';
import type { StrokePoint } from '@/model/strokes';
import { drawingActions, hasStroke, type StrokeId, useDrawing } from '@/session/drawing';
import type { PenCursor } from '@/panels/drawing/drawCanvas';

const cells = 28;
const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const clampCell = (cell: number): number => Math.min(cells - 1, Math.max(0, cell));

interface Cell {
  readonly column: number;
  readonly row: number;
}

const pointOf = ({ column, row }: Cell): StrokePoint => ({
  x: (column + 0.5) / cells,
  y: (row + 0.5) / cells,
});

export interface PadKeyboard {
  readonly cursor: PenCursor;
  /** Whether the key was one of the pad's. */
  readonly onKeyDown: (event: KeyboardEvent) => boolean;
  /** Lifts the pen, such as when the pad loses focus. */
  readonly lift: () => void;
}

export function usePadKeyboard(): PadKeyboard {
  const [cell, setCell] = useState<Cell>({ column: 14, row: 6 });
  const [stroke, setStroke] = useState<StrokeId | null>(null);
  // A stroke that was undone or cleared away has taken the pen with it.
  const isDown = useDrawing((state) => hasStroke(state, stroke));

  const lift = (): void => setStroke(null);
  const move = ([dx, dy]: readonly [number, number], distance: number): void => {
    const next = { column: clampCell(cell.column + dx * distance), row: clampCell(cell.row + dy * distance) };
    if (stroke !== null) drawingActions.extendStroke(stroke, [pointOf(next)]);
    setCell(next);
  };
  const togglePen = (): void => {
    if (isDown) lift();
    else setStroke(drawingActions.beginStroke(pointOf(cell)));
  };
  const takeBack = (action: () => void): void => {
    action();
    lift();
  };
  const actOn = (event: KeyboardEvent): boolean => {
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && !event.altKey && event.key.toLowerCase() === 'z' && !event.shiftKey) {
      takeBack(drawingActions.undo);
      return true;
    }
    if (isCommand || event.altKey) return false;
    const direction = moves[event.key];
    if (direction !== undefined) move(direction, event.shiftKey ? 4 : 1);
    else if (event.key === ' ' || event.key === 'Enter') {
      // A key that is held repeats, and the pen would hop.
      if (!event.repeat) togglePen();
    } else if (event.key === 'Backspace') takeBack(drawingActions.undo);
    else if (event.key === 'Delete') takeBack(drawingActions.clear);
    else return false;
    return true;
  };

  return {
    cursor: { ...cell, isDown },
    lift,
    onKeyDown: (event) => {
      const isOurs = actOn(event);
      if (isOurs) event.preventDefault();
      return isOurs;
    },
  };
}
