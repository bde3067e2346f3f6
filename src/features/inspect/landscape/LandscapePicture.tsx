/** The landscape as a picture, the same on the page and in a file: levels, the run's path, and what is marked. */
import type { LossLandscape } from '@/model/lossLandscape';
import type { Axis } from '@/ui/chart/chartScale';
import type { Palette } from '@/ui/theme/palette';
import { PlotPicture } from '@/features/inspect/plot/PlotPicture';
import {
  bestPlace,
  contourPaths,
  finiteValues,
  type LandscapeMeasure,
  levelsOf,
} from '@/features/inspect/landscape/landscapeContours';

/** On every colour of the levels: light in a dark outline. */
const markInk = '#11141a';
const markPaper = '#ffffff';

export type MarkKind = 'start' | 'end' | 'best' | 'state';

/** A mark by its shape as well as by its colour. */
export function Mark({ kind, x, y }: { readonly kind: MarkKind; readonly x: number; readonly y: number }) {
  const outline = { stroke: markInk, strokeWidth: 1.5 };
  const place = `translate(${x} ${y})`;
  if (kind === 'state') return <circle cx={x} cy={y} r={2} fill={markPaper} stroke={markInk} />;
  if (kind === 'start')
    return <rect x={x - 5} y={y - 5} width={10} height={10} fill={markPaper} {...outline} />;
  if (kind === 'end') return <circle cx={x} cy={y} r={6} fill={markPaper} {...outline} />;
  return (
    <path
      transform={place}
      d="M0.0 -9.0L2.2 -3.1L8.6 -2.8L3.6 1.2L5.3 7.3L0.0 3.8L-5.3 7.3L-3.6 1.2L-8.6 -2.8L-2.2 -3.1Z"
      fill="#ffd54a"
      {...outline}
    />
  );
}

export interface LandscapePictureProps {
  readonly landscape: LossLandscape;
  readonly measure: LandscapeMeasure;
  readonly palette: Palette;
  readonly width: number;
  readonly height: number;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly format: (value: number, step: number | null) => string;
  readonly ticksOf: (low: number, high: number) => readonly number[];
  /** Place of the point that is read; null: none. */
  readonly cursor?: number | null;
  readonly title?: string;
}

export function LandscapePicture(props: LandscapePictureProps) {
  const {
    landscape,
    measure,
    palette,
    width,
    height,
    xTitle,
    yTitle,
    format,
    ticksOf,
    cursor = null,
    title,
  } = props;
  const { x: columns, y: rows, path } = landscape;
  const values = finiteValues(landscape[measure]);
  const levels = levelsOf(values, measure);
  const axis = (at: readonly number[], name: string): Axis => {
    const [low, high] = [at[0] ?? 0, at.at(-1) ?? 1];
    const ticks = ticksOf(low, high);
    const [first = 0, second] = ticks;
    const step = second === undefined ? null : second - first;
    return { title: name, low, high, ticks, format: (value) => format(value, step) };
  };
  const best = bestPlace(values, measure);
  return (
    <PlotPicture
      palette={palette}
      width={width}
      height={height}
      x={axis(columns, xTitle)}
      y={axis(rows, yTitle)}
      {...(title === undefined ? {} : { title })}
    >
      {({ x, y, left, right, top, bottom }) => {
        const pointAt = (place: number): readonly [number, number] => [
          x(columns[place % columns.length] ?? 0),
          y(rows[Math.floor(place / columns.length)] ?? 0),
        ];
        const steps = path.map((place) => [x(place.x), y(place.y)] as const);
        const line = steps.map((pair) => pair.join(',')).join(' ');
        const [start, end] = [steps[0], steps.at(-1)];
        const [bestX, bestY] = pointAt(best);
        return (
          <>
            {/* A viewport of its own cuts off what stands beyond the outermost points. */}
            <svg x={left} y={top} width={right - left} height={bottom - top}>
              <g transform={`translate(${-left} ${-top})`}>
                <rect x={left} y={top} width={right - left} height={bottom - top} fill={levels[0]?.colour} />
                {contourPaths(landscape, values, levels, { x, y }).map(({ level, path: shape }) => (
                  <path
                    key={level.value}
                    d={shape}
                    fill={level.colour}
                    fillRule="evenodd"
                    stroke={markInk}
                    strokeWidth={0.4}
                    strokeOpacity={0.5}
                  />
                ))}
                <polyline points={line} fill="none" stroke={markInk} strokeWidth={4} strokeLinejoin="round" />
                <polyline
                  points={line}
                  fill="none"
                  stroke={markPaper}
                  strokeWidth={1.6}
                  strokeLinejoin="round"
                />
              </g>
            </svg>
            {steps.slice(1, -1).map(([px, py], i) => (
              <Mark key={path[i + 1]?.step} kind="state" x={px} y={py} />
            ))}
            <Mark kind="best" x={bestX} y={bestY} />
            {start !== undefined && path.length > 1 && <Mark kind="start" x={start[0]} y={start[1]} />}
            {end !== undefined && <Mark kind="end" x={end[0]} y={end[1]} />}
            {cursor !== null && (
              <circle
                cx={pointAt(cursor)[0]}
                cy={pointAt(cursor)[1]}
                r={9}
                fill="none"
                stroke={palette.current}
                strokeWidth={2.5}
              />
            )}
          </>
        );
      }}
    </PlotPicture>
  );
}

export interface LevelScaleProps {
  readonly landscape: LossLandscape;
  readonly measure: LandscapeMeasure;
  readonly palette: Palette;
  readonly width: number;
  readonly label: string;
  readonly format: (value: number) => string;
}

/** What the colours mean. */
export function LevelScale({ landscape, measure, palette, width, label, format }: LevelScaleProps) {
  const values = finiteValues(landscape[measure]);
  const levels = levelsOf(values, measure);
  const each = (width - 24) / levels.length;
  const highest = Math.max(...values);
  const ticks = [0, Math.round(levels.length / 3), Math.round((2 * levels.length) / 3), levels.length];
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={width}
      height={54}
      fontFamily="Inter Variable, system-ui, sans-serif"
      fontSize={12}
      aria-hidden="true"
    >
      <g fill={palette.muted}>
        <text x={12} y={12}>
          {label}
        </text>
        {levels.map(({ colour }, i) => (
          <rect key={colour} x={12 + i * each} y={20} width={each + 0.5} height={12} fill={colour} />
        ))}
        {ticks.map((i) => (
          <text
            key={i}
            x={12 + i * each}
            y={48}
            textAnchor={i === 0 ? 'start' : i === levels.length ? 'end' : 'middle'}
          >
            {format(levels[i]?.value ?? highest)}
          </text>
        ))}
      </g>
    </svg>
  );
}
