/** The keyboard's way to draw: the pad is a pen plotter on a 28 x 28 grid. */
import { type KeyboardEvent, useState } from 'react';
import type { StrokePoint } from '@/model/strokes';
import { drawingActions } from '@/store/drawing';
import type { PenCursor } from '@/views/ui/drawCanvas';

const cells = 28;
const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const clampCell = (cell: number): number => Math.min(cells - 1, Math.max(0, cell));
const pointOf = ({ column, row }: PenCursor): StrokePoint => ({
  x: (column + 0.5) / cells,
  y: (row + 0.5) / cells,
});

export interface PadKeyboard {
  readonly cursor: PenCursor;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  /** Lifts the pen, such as when the pad loses focus. */
  readonly lift: () => void;
}

export function usePadKeyboard(): PadKeyboard {
  const [cursor, setCursor] = useState<PenCursor>({ column: 14, row: 6, isDown: false });

  const move = ([dx, dy]: readonly [number, number], distance: number): void => {
    const next = {
      ...cursor,
      column: clampCell(cursor.column + dx * distance),
      row: clampCell(cursor.row + dy * distance),
    };
    if (cursor.isDown) drawingActions.extendStroke([pointOf(next)]);
    setCursor(next);
  };
  const togglePen = (): void => {
    if (!cursor.isDown) drawingActions.beginStroke(pointOf(cursor));
    setCursor({ ...cursor, isDown: !cursor.isDown });
  };
  const lift = (): void => setCursor((current) => ({ ...current, isDown: false }));
  const takeBack = (action: () => void): void => {
    action();
    lift();
  };
  const actOn = (event: KeyboardEvent): boolean => {
    const direction = moves[event.key];
    if (direction !== undefined) move(direction, event.shiftKey ? 4 : 1);
    else if (event.key === ' ' || event.key === 'Enter') togglePen();
    else if (event.key === 'Backspace' || (event.key === 'z' && (event.ctrlKey || event.metaKey))) {
      takeBack(drawingActions.undo);
    } else if (event.key === 'Delete') takeBack(drawingActions.clear);
    else return false;
    return true;
  };

  return {
    cursor,
    lift,
    onKeyDown: (event) => {
      if (actOn(event)) event.preventDefault();
    },
  };
}
