/** A grid on screen: its caption, pointer and keys. What a cell does when it is painted or pointed at is the caller's. */
import { useElementSize } from '@mantine/hooks';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { plainCharacters } from '@/model/parseNumber';
import { cellUnit, GridPicture } from '@/features/convLab/GridPicture';
import { type GridModel, gridValue } from '@/features/convLab/gridModel';
import type { Palette } from '@/ui/theme/palette';
import { exactValue } from '@/ui/text/valueFormat';
import { pointerPositions, usePen } from '@/panels/drawing/usePen';
import classes from '@/features/convLab/convLab.module.css';

export interface GridProps {
  readonly model: GridModel;
  readonly palette: Palette;
  readonly title: string;
  /** Largest side of a cell on screen, in px. */
  readonly cellSize?: number;
  /** Largest width of the grid on screen, in px. */
  readonly maxWidth?: number;
  /** Cells can be given values: by pointer (`onPaint`) or digit keys (`onValue`). */
  readonly onPaint?: (row: number, column: number) => void;
  readonly onValue?: (row: number, column: number, value: number) => void;
  /** The cursor is on this cell now, by pointer or keys. */
  readonly onSelect?: (row: number, column: number) => void;
  /** The cell was clicked, or Enter pressed on it. */
  readonly onActivate?: (row: number, column: number) => void;
  /** The pointer or the keyboard's cursor is on this cell, or has left the grid. */
  readonly onPoint?: (cell: { readonly row: number; readonly column: number } | null) => void;
  readonly children?: ReactNode;
}

interface Cell {
  readonly row: number;
  readonly column: number;
}

/** Room around the cells for the frames of windows at the border, in the picture's units. */
const edge = 4;

/** Smallest side of a cell in which a number can be read. */
const smallestLabelled = 19;

/** Pixels of the narrowest grid, and of the room that a title has over one. */
const leastWidth = 84;
const titleWidth = 170;

const moves: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** What a key does to the value of a cell; null for keys that are no value. */
function typedValue(key: string, before: number): number | null {
  const character = plainCharacters(key);
  if (/^[0-9]$/.test(character)) return Number(character);
  if (character === '-') return -before;
  if (key === 'Delete' || key === 'Backspace') return 0;
  return null;
}

export function Grid(props: GridProps) {
  const {
    model,
    palette,
    title,
    cellSize = 44,
    maxWidth = 420,
    onPaint,
    onValue,
    onSelect,
    onActivate,
    onPoint,
    children,
  } = props;
  const { t } = useTranslation('convLab');
  const id = useId();
  const { ref: sizeRef, width } = useElementSize();
  /** Values that the pen painted over since it came down, in that order. */
  const painted = useRef<(Cell & { readonly before: number | null })[]>([]);
  const [cursor, setCursor] = useState<Cell>({ row: 0, column: 0 });
  const [isFocused, setFocused] = useState(false);
  const [pointed, setPointed] = useState<Cell | null>(null);
  const { rows, columns } = model;
  const at = { row: Math.min(cursor.row, rows - 1), column: Math.min(cursor.column, columns - 1) };
  const widest = Math.max(leastWidth, Math.min(maxWidth, columns * cellSize));
  const labels = width === 0 || Math.min(width, widest) / columns >= smallestLabelled;

  const point = (cell: Cell | null): void => {
    setPointed(cell);
    onPoint?.(cell);
  };
  const cellAt = (event: globalThis.PointerEvent, paper: Element): Cell | null => {
    const box = paper.getBoundingClientRect();
    const unit = box.width / (columns * cellUnit + 2 * edge);
    const row = Math.floor(((event.clientY - box.top) / unit - edge) / cellUnit);
    const column = Math.floor(((event.clientX - box.left) / unit - edge) / cellUnit);
    return row >= 0 && column >= 0 && row < rows && column < columns ? { row, column } : null;
  };
  const paint = (cell: Cell): void => {
    const last = painted.current.at(-1);
    if (last?.row === cell.row && last.column === cell.column) return;
    painted.current.push({ ...cell, before: gridValue(model, cell.row, cell.column) });
    onPaint?.(cell.row, cell.column);
  };
  const pen = usePen({
    down: (event, paper) => {
      const cell = cellAt(event, paper);
      if (cell === null) return false;
      setCursor(cell);
      onSelect?.(cell.row, cell.column);
      onActivate?.(cell.row, cell.column);
      if (onPaint === undefined) return false;
      painted.current = [];
      paint(cell);
      return true;
    },
    move: (event, paper) => {
      for (const each of pointerPositions(event)) {
        const cell = cellAt(each, paper);
        if (cell !== null) paint(cell);
      }
    },
    up: () => undefined,
    discard: () => {
      for (const { row, column, before } of painted.current.toReversed()) {
        if (before !== null) onValue?.(row, column, before);
      }
    },
  });
  const onPointerMove = (event: PointerEvent<SVGSVGElement>): void => {
    pen.onPointerMove(event);
    const cell = cellAt(event.nativeEvent, event.currentTarget);
    if (cell?.row !== pointed?.row || cell?.column !== pointed?.column) point(cell);
  };
  const onKeyDown = (event: KeyboardEvent<SVGSVGElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // A held minus would flip the sign with every repeat.
    if (event.repeat && event.key === '-') return;
    const move = moves[event.key];
    const value =
      onValue === undefined ? null : typedValue(event.key, gridValue(model, at.row, at.column) ?? 0);
    if (move !== undefined) {
      const row = Math.max(0, Math.min(rows - 1, at.row + move[0]));
      const column = Math.max(0, Math.min(columns - 1, at.column + move[1]));
      setCursor({ row, column });
      onSelect?.(row, column);
      point({ row, column });
    } else if (event.key === 'Enter' && (onPaint ?? onActivate) !== undefined) {
      onPaint?.(at.row, at.column);
      onActivate?.(at.row, at.column);
    } else if (value !== null) onValue?.(at.row, at.column, value);
    else return;
    event.preventDefault();
  };
  const shownCell = pointed ?? (isFocused ? at : null);
  return (
    <figure
      className={classes['grid']}
      ref={sizeRef}
      // A small grid is no reason to break its title after every word.
      style={{ maxWidth: Math.max(widest, Math.min(maxWidth, titleWidth)) }}
    >
      <figcaption className={classes['gridTitle']}>
        <span id={`${id}-title`}>{title}</span>
        <span className={classes['gridSize']}>
          {rows}×{columns}
        </span>
      </figcaption>
      <svg
        role="grid"
        tabIndex={0}
        aria-labelledby={`${id}-title`}
        aria-rowcount={rows}
        aria-colcount={columns}
        aria-readonly={onValue === undefined}
        aria-activedescendant={`${id}-${at.row}-${at.column}`}
        data-grid={model.id}
        viewBox={`${-edge} ${-edge} ${columns * cellUnit + 2 * edge} ${rows * cellUnit + 2 * edge}`}
        className={classes['gridSvg']}
        style={{ maxWidth: widest, touchAction: onPaint === undefined ? 'auto' : 'none' }}
        {...pen}
        onPointerMove={onPointerMove}
        onPointerLeave={() => point(null)}
        onKeyDown={onKeyDown}
        onFocus={() => {
          setFocused(true);
          onPoint?.(at);
        }}
        onBlur={() => {
          setFocused(false);
          onPoint?.(null);
        }}
      >
        <GridPicture
          model={model}
          palette={palette}
          labels={labels}
          cellId={id}
          accessible
          unreadText={t('cell.unread')}
        />
        {isFocused && (
          <rect
            className={classes['cursor']}
            x={at.column * cellUnit - 1}
            y={at.row * cellUnit - 1}
            width={cellUnit + 2}
            height={cellUnit + 2}
            rx={4}
          />
        )}
      </svg>
      <p className={classes['readout']}>{shownCell === null ? ' ' : readout(model, shownCell)}</p>
      {children}
    </figure>
  );

  function readout(grid: GridModel, { row, column }: Cell): string {
    const index = row * columns + column;
    const value = gridValue(grid, row, column);
    const kind = grid.kinds?.[index] ?? 'input';
    const position = { row: row + 1, column: column + 1 };
    if (value === null) return t('cell.empty', position);
    const what =
      kind === 'input'
        ? t('cell.value', { ...position, value: exactValue(value) })
        : t(`cell.${kind}`, { ...position, value: exactValue(value) });
    return grid.unread?.[index] === true ? t('cell.whatUnread', { what, unread: t('cell.unread') }) : what;
  }
}
