/** A plot as a picture of its own, the same on the page and in a file: paper, grid, axes, and what stands in it. */
import type { ReactNode } from 'react';
import { plotMarginOf, type Axis, type Scale, scaleOf } from '@/ui/chart/chartScale';
import { textWidth } from '@/ui/text/textWidth';
import type { Palette } from '@/ui/theme/palette';

export interface PlotPlace {
  readonly x: Scale;
  readonly y: Scale;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface PlotPictureProps {
  readonly palette: Palette;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly x: Axis;
  readonly y: Axis;
  /** Above the plot; for files, which have no page around them. */
  readonly title?: string;
  readonly children: (place: PlotPlace) => ReactNode;
}

const titleHeight = 26;
const fontSize = 12;

/** Middle of a text that is centred on the plot, but does not leave the picture. */
function titleMiddle(text: string, left: number, right: number, width: number): number {
  const half = textWidth(text, fontSize) / 2;
  return Math.max(half, Math.min((left + right) / 2, width - half));
}

export function PlotPicture({ palette, width, height, x, y, title, children }: PlotPictureProps) {
  const margin = plotMarginOf(y);
  const [left, right] = [margin.left, width - margin.right];
  const [top, bottom] = [margin.top + (title === undefined ? 0 : titleHeight), height - margin.bottom];
  const place = { x: scaleOf(x, left, right), y: scaleOf(y, bottom, top), left, right, top, bottom };
  const middle = (top + bottom) / 2;
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      fontFamily="Inter Variable, system-ui, sans-serif"
      fontSize={fontSize}
      aria-hidden="true"
    >
      <rect width={width} height={height} fill={palette.paper} />
      {title !== undefined && (
        <text x={16} y={24} fontSize={14} fontWeight={600} fill={palette.ink}>
          {title}
        </text>
      )}
      <g fill={palette.muted} stroke="none">
        {y.ticks.map((tick) => (
          <g key={tick} transform={`translate(0 ${place.y(tick)})`}>
            <line x1={left} x2={right} stroke={palette.gridLine} />
            <text x={left - 10} dy="0.355em" textAnchor="end">
              {y.format(tick)}
            </text>
          </g>
        ))}
        <line x1={left} x2={right} y1={bottom} y2={bottom} stroke={palette.muted} />
        {x.ticks.map((tick) => (
          <text key={tick} x={place.x(tick)} y={bottom + 20} textAnchor="middle">
            {x.format(tick)}
          </text>
        ))}
        <text x={titleMiddle(x.title, left, right, width)} y={bottom + 40} textAnchor="middle">
          {x.title}
        </text>
        <text x={10} y={middle} dy="0.355em" transform={`rotate(-90 10 ${middle})`} textAnchor="middle">
          {y.title}
        </text>
      </g>
      {children(place)}
    </svg>
  );
}
