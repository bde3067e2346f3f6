/** Rows what the images show, columns what was read. A cell is a button: arrows move among them, Enter shows its digits. */
import { VisuallyHidden } from '@mantine/core';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClassName } from '@/panels/data/useShownData';
import { cellColors, type Palette } from '@/ui/theme/palette';
import { usePalette } from '@/ui/theme/usePalette';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/inspect/mistakes/mistakes.module.css';

export type Cell = readonly [row: number, column: number];
type Matrix = readonly (readonly number[])[];

const steps: Readonly<Record<string, Cell>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Right ones on the scale's one side, wrong ones on its other, each up to its own most. */
function colourOf(palette: Palette, matrix: Matrix): (cell: Cell) => { fill: string; ink: string } {
  const most = (isRight: boolean): number =>
    Math.max(1, ...matrix.flatMap((row, i) => row.filter((_, j) => (i === j) === isRight)));
  const [right, wrong] = [most(true), most(false)];
  return ([row, column]) => {
    const count = matrix[row]?.[column] ?? 0;
    return row === column ? cellColors(palette, count, right) : cellColors(palette, -count, wrong);
  };
}

export interface ConfusionMatrixProps {
  readonly matrix: Matrix;
  readonly chosen: Cell;
  readonly onChoose: (cell: Cell) => void;
}

export function ConfusionMatrix({ matrix, chosen, onChoose }: ConfusionMatrixProps) {
  const { t } = useTranslation('inspectMistakes');
  const format = useNumberFormat();
  const nameOf = useClassName();
  const colours = colourOf(usePalette(), matrix);
  const table = useRef<HTMLTableElement>(null);
  const [focused, setFocused] = useState<Cell | null>(null);
  const [row, column] = focused ?? chosen;
  const last = matrix.length - 1;
  const digits = String(Math.max(...matrix.flat())).length;
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = steps[event.key];
    const isEnd = event.key === 'Home' || event.key === 'End';
    if (step === undefined && !isEnd) return;
    event.preventDefault();
    const within = (value: number): number => Math.max(0, Math.min(last, value));
    const next: Cell =
      step === undefined
        ? [row, event.key === 'Home' ? 0 : last]
        : [within(row + step[0]), within(column + step[1])];
    setFocused(next);
    table.current?.querySelector<HTMLButtonElement>(`[data-cell="${next.join('-')}"]`)?.focus();
  };
  return (
    <div className={classes['scroll']}>
      <table
        ref={table}
        className={classes['matrix']}
        data-testid="confusion-matrix"
        style={{ ['--digits' as string]: digits }}
      >
        <caption className={classes['caption']}>{t('matrix.caption')}</caption>
        <thead>
          <tr>
            <th scope="col">
              <VisuallyHidden>{t('matrix.shown')}</VisuallyHidden>
            </th>
            {matrix.map((_, digit) => (
              <th key={digit} scope="col">
                {nameOf(digit)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.map((counts, label) => (
            <tr key={label}>
              <th scope="row">{nameOf(label)}</th>
              {counts.map((count, prediction) => {
                const { fill, ink } = colours([label, prediction]);
                const isChosen = chosen[0] === label && chosen[1] === prediction;
                return (
                  <td key={prediction}>
                    <button
                      type="button"
                      data-cell={`${label}-${prediction}`}
                      tabIndex={label === row && prediction === column ? 0 : -1}
                      aria-pressed={isChosen}
                      aria-label={t(label === prediction ? 'matrix.right' : 'matrix.wrong', {
                        label: nameOf(label),
                        prediction: nameOf(prediction),
                        images: format.integer(count),
                        count,
                      })}
                      style={{ background: fill, color: ink }}
                      onKeyDown={onKeyDown}
                      onFocus={() => setFocused([label, prediction])}
                      onClick={() => onChoose([label, prediction])}
                    >
                      <span className={classes['count']}>{count}</span>
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const [side, edge] = [44, 64];

/** For a file. */
export function ConfusionPicture({
  matrix,
  palette,
  nameOf,
  title,
  shown,
  read,
}: {
  readonly matrix: Matrix;
  readonly palette: Palette;
  readonly nameOf: (label: number) => string;
  readonly title: string;
  /** Titles of the rows and of the columns. */
  readonly shown: string;
  readonly read: string;
}) {
  const colours = colourOf(palette, matrix);
  const size = edge + side * matrix.length;
  const middle = edge + (side * matrix.length) / 2;
  const top = 40;
  const shortName = (label: number): string => nameOf(label).slice(0, 6);
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={size + 16}
      height={size + top + 16}
      fontFamily="Inter Variable, system-ui, sans-serif"
      fontSize={13}
      textAnchor="middle"
    >
      <rect width={size + 16} height={size + top + 16} fill={palette.paper} />
      <text x={16} y={26} fontSize={15} fontWeight={600} textAnchor="start" fill={palette.ink}>
        {title}
      </text>
      <g transform={`translate(0 ${top})`} fill={palette.muted}>
        <text x={middle} y={18}>
          {read}
        </text>
        <text transform={`translate(18 ${middle}) rotate(-90)`}>{shown}</text>
        {matrix.map((counts, row) => (
          <g key={row} fontWeight={600}>
            <text x={edge + (row + 0.5) * side} y={edge - 14}>
              {shortName(row)}
            </text>
            <text x={edge - 16} y={edge + (row + 0.5) * side} dy="0.355em">
              {shortName(row)}
            </text>
            {counts.map((count, column) => {
              const { fill, ink } = colours([row, column]);
              const [x, y] = [edge + column * side, edge + row * side];
              return (
                <g key={column} fontWeight={400}>
                  <rect x={x} y={y} width={side} height={side} fill={fill} stroke={palette.gridLine} />
                  <text x={x + side / 2} y={y + side / 2} dy="0.355em" fill={ink}>
                    {count}
                  </text>
                </g>
              );
            })}
          </g>
        ))}
      </g>
    </svg>
  );
}
