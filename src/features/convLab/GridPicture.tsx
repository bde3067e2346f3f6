/** A grid as SVG: cells, values, marks. It needs nothing but its props, so that the exports render it outside of the page. */
import { memo } from 'react';
import type { CellKind } from '@/conv/plane';
import type { GridModel, Mark } from '@/features/convLab/gridModel';
import { cellColors, type Palette } from '@/ui/theme/palette';
import { cellValue, exactValue } from '@/ui/text/valueFormat';

/** Side of a cell in the picture's own units. */
export const cellUnit = 40;

export interface GridPictureProps {
  readonly model: GridModel;
  readonly palette: Palette;
  readonly labels: boolean;
  /** Prefix of cell ids, so that a grid can name its active cell. */
  readonly cellId?: string;
  /** Roles and names for screen readers; left out in exported pictures. */
  readonly accessible?: boolean;
  /** What is said of a cell that no window reads. */
  readonly unreadText?: string;
}

interface CellProps {
  readonly row: number;
  readonly column: number;
  readonly value: number | null;
  readonly kind: CellKind;
  /** What is said of it where no window reads it, else null. */
  readonly unread: string | null;
  readonly extent: number;
  readonly palette: Palette;
  readonly labels: boolean;
  readonly id: string | undefined;
  readonly accessible: boolean;
}

function labelSize(text: string): number {
  return text.length <= 3 ? 15 : text.length <= 4 ? 13 : 10.5;
}

const Cell = memo(function Cell(props: CellProps) {
  const { row, column, value, kind, unread, extent, palette, labels, id, accessible } = props;
  const x = column * cellUnit;
  const y = row * cellUnit;
  const isInput = kind === 'input';
  const colors = value === null ? null : cellColors(palette, value, extent);
  const text = value === null ? '' : cellValue(value);
  const fill = isInput ? (colors?.fill ?? palette.empty) : palette.paddingFill;
  const ink = isInput ? (colors?.ink ?? palette.muted) : palette.muted;
  const role = accessible
    ? {
        role: 'gridcell',
        'aria-colindex': column + 1,
        'aria-label': value === null ? '' : [exactValue(value), unread ?? []].flat().join(', '),
        'data-kind': kind,
        'data-unread': unread === null ? undefined : true,
      }
    : {};
  return (
    <g id={id} {...role}>
      <rect
        x={x + 0.75}
        y={y + 0.75}
        width={cellUnit - 1.5}
        height={cellUnit - 1.5}
        rx={3}
        fill={fill}
        stroke={isInput ? palette.gridLine : palette.paddingLine}
        strokeWidth={1.5}
        {...(isInput ? {} : { strokeDasharray: kind === 'padding' ? '4 4' : '1.5 3.5' })}
      />
      {labels && text !== '' && (
        <text
          x={x + cellUnit / 2}
          y={y + cellUnit / 2}
          dy="0.35em"
          textAnchor="middle"
          fontSize={labelSize(text)}
          fontWeight={isInput ? 560 : 420}
          fill={ink}
        >
          {text}
        </text>
      )}
      {unread !== null && (
        <path
          d={`M${x + 5} ${y + cellUnit - 5}L${x + cellUnit - 5} ${y + 5}`}
          stroke={ink}
          strokeWidth={2}
          strokeLinecap="round"
          opacity={0.75}
        />
      )}
    </g>
  );
});

function MarkShape({ mark, palette }: { readonly mark: Mark; readonly palette: Palette }) {
  const color = {
    window: palette.window,
    current: palette.current,
    linked: palette.linked,
    met: palette.linked,
  }[mark.kind];
  const isStrong = mark.kind === 'current' || mark.kind === 'linked';
  return (
    <rect
      data-mark={mark.kind}
      x={mark.column * cellUnit + 2.5}
      y={mark.row * cellUnit + 2.5}
      width={cellUnit - 5}
      height={cellUnit - 5}
      rx={3}
      fill="none"
      stroke={color}
      strokeWidth={isStrong ? 4 : 2}
      {...(mark.kind === 'met' ? { strokeDasharray: '5 3' } : {})}
    />
  );
}

function Rows(props: Required<Omit<GridPictureProps, 'cellId'>> & { readonly cellId: string | undefined }) {
  const { model, palette, labels, cellId, accessible, unreadText } = props;
  const { rows, columns, values, offset, kinds, unread, shown, partial, extent } = model;
  return Array.from({ length: rows }, (_row, row) => (
    <g key={row} {...(accessible ? { role: 'row', 'aria-rowindex': row + 1 } : {})}>
      {Array.from({ length: columns }, (_column, column) => {
        const index = row * columns + column;
        const isPartial = partial !== null && partial.row === row && partial.column === column;
        const landed = index < shown ? (values[offset + index] ?? 0) : null;
        return (
          <Cell
            key={column}
            row={row}
            column={column}
            value={isPartial ? partial.value : landed}
            kind={kinds?.[index] ?? 'input'}
            unread={unread?.[index] === true ? unreadText : null}
            extent={extent}
            palette={palette}
            labels={labels}
            id={cellId === undefined ? undefined : `${cellId}-${row}-${column}`}
            accessible={accessible}
          />
        );
      })}
    </g>
  ));
}

// Marks move at every step, cells seldom change: they are drawn apart.
const Cells = memo(Rows, (before, after) => {
  const a = before.model;
  const b = after.model;
  return (
    before.palette === after.palette &&
    before.labels === after.labels &&
    before.cellId === after.cellId &&
    before.accessible === after.accessible &&
    before.unreadText === after.unreadText &&
    a.rows === b.rows &&
    a.columns === b.columns &&
    a.values === b.values &&
    a.offset === b.offset &&
    a.kinds === b.kinds &&
    a.unread === b.unread &&
    a.shown === b.shown &&
    a.extent === b.extent &&
    a.partial?.row === b.partial?.row &&
    a.partial?.column === b.partial?.column &&
    a.partial?.value === b.partial?.value
  );
});

/** The contents of an svg of columns * cellUnit by rows * cellUnit. */
export function GridPicture({
  model,
  palette,
  labels,
  cellId,
  accessible = false,
  unreadText = '',
}: GridPictureProps) {
  const { frame, marks } = model;
  return (
    <>
      <Cells
        model={model}
        palette={palette}
        labels={labels}
        cellId={cellId}
        accessible={accessible}
        unreadText={unreadText}
      />
      <g aria-hidden="true" pointerEvents="none">
        {frame !== null && (
          <rect
            x={frame.column * cellUnit - 1}
            y={frame.row * cellUnit - 1}
            width={frame.columns * cellUnit + 2}
            height={frame.rows * cellUnit + 2}
            rx={5}
            fill={palette.window}
            fillOpacity={0.06}
            stroke={palette.window}
            strokeWidth={4}
          />
        )}
        {marks.map((mark) => (
          <MarkShape key={`${mark.kind}-${mark.row}-${mark.column}`} mark={mark} palette={palette} />
        ))}
      </g>
    </>
  );
}
