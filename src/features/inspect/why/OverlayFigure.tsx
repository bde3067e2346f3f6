/** Values over the digit, with what they are and a legend; and the same as a picture to save. */
import { useEffect, useRef } from 'react';
import { textWidth } from '@/ui/text/textWidth';
import { cellValue } from '@/ui/text/valueFormat';
import { type Overlay, overlayPixels, overlaySide, overlayStops } from '@/features/inspect/why/overlay';
import { wrapText } from '@/features/inspect/why/wrapText';
import classes from '@/features/inspect/why/why.module.css';

export interface OverlayFigureProps {
  readonly overlay: Overlay;
  readonly isSigned: boolean;
  /** Under the picture. */
  readonly title: string;
  /** What a screen reader says of the picture; an empty text hides it from it. */
  readonly label: string;
  /** What the legend's numbers are. */
  readonly unit: string;
  readonly testId?: string;
}

function paint(canvas: HTMLCanvasElement, overlay: Overlay): void {
  canvas.width = overlaySide;
  canvas.height = overlaySide;
  canvas
    .getContext('2d')
    ?.putImageData(new ImageData(overlayPixels(overlay), overlaySide, overlaySide), 0, 0);
}

const ticksOf = (isSigned: boolean, extent: number): string[] =>
  isSigned ? [cellValue(-extent), '0', cellValue(extent)] : ['0', cellValue(extent)];

export function OverlayFigure({ overlay, isSigned, title, label, unit, testId }: OverlayFigureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current !== null) paint(canvas.current, overlay);
  }, [overlay]);
  return (
    <figure className={classes['figure']} data-testid={testId}>
      <canvas
        ref={canvas}
        className={classes['picture']}
        {...(label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
      />
      <figcaption className={classes['caption']}>
        <span className={classes['name']}>{title}</span>
        <span
          className={classes['bar']}
          style={{ background: `linear-gradient(90deg, ${overlayStops(isSigned).join(', ')})` }}
        />
        <span className={classes['ticks']}>
          {ticksOf(isSigned, overlay.extent).map((tick) => (
            <span key={tick}>{tick}</span>
          ))}
        </span>
        <span className={classes['unit']}>{unit}</span>
      </figcaption>
    </figure>
  );
}

const side = 224;
const gap = 16;
const fontSize = 12;
const lineHeight = 16;

interface PictureProps {
  readonly figures: readonly Pick<OverlayFigureProps, 'overlay' | 'isSigned' | 'title' | 'unit'>[];
}

/** Side by side, with their legends. */
export function OverlayPicture({ figures }: PictureProps) {
  const width = figures.length * (side + gap) + gap;
  const units = figures.map(({ unit }) => wrapText(unit, side, (text) => textWidth(text, fontSize)));
  const height = side + 76 + lineHeight * Math.max(1, ...units.map(({ length }) => length));
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={width}
      height={height}
      fontFamily="sans-serif"
      fontSize={fontSize}
    >
      <rect width={width} height={height} fill="#ffffff" />
      <defs>
        {[true, false].map((isSigned) => {
          const stops = overlayStops(isSigned);
          return (
            <linearGradient key={String(isSigned)} id={isSigned ? 'signed' : 'absolute'}>
              {stops.map((colour, i) => (
                <stop key={colour} offset={i / (stops.length - 1)} stopColor={colour} />
              ))}
            </linearGradient>
          );
        })}
      </defs>
      {figures.map(({ overlay, isSigned, title }, i) => {
        const canvas = document.createElement('canvas');
        paint(canvas, overlay);
        // The image itself has no legend.
        const isPlain = overlay.isBright === true;
        const ticks = isPlain ? [] : ticksOf(isSigned, overlay.extent);
        return (
          <g key={title} transform={`translate(${gap + i * (side + gap)} ${gap})`} fill="#171b24">
            <image
              width={side}
              height={side}
              href={canvas.toDataURL()}
              style={{ imageRendering: 'pixelated' }}
            />
            <text y={side + 18} fontWeight={600}>
              {title}
            </text>
            {!isPlain && (
              <rect
                y={side + 26}
                width={side}
                height={10}
                fill={`url(#${isSigned ? 'signed' : 'absolute'})`}
              />
            )}
            {ticks.map((tick, k) => (
              <text
                key={tick}
                x={(k / (ticks.length - 1)) * side}
                y={side + 50}
                textAnchor={k === 0 ? 'start' : k === ticks.length - 1 ? 'end' : 'middle'}
              >
                {tick}
              </text>
            ))}
            {units[i]?.map((line, k) => (
              <text key={line} y={side + (isPlain ? 36 : 66) + k * lineHeight}>
                {line}
              </text>
            ))}
          </g>
        );
      })}
    </svg>
  );
}

/** The values of pictures as a table: a row a pixel. */
export function overlayTable(
  columns: Readonly<Record<string, ArrayLike<number>>>,
  pixels: Uint8Array,
): { readonly header: string[]; readonly rows: number[][] } {
  const names = Object.keys(columns);
  return {
    header: ['row', 'column', 'grey', ...names],
    rows: Array.from(pixels, (grey, i) => [
      Math.floor(i / overlaySide),
      i % overlaySide,
      grey,
      ...names.map((name) => columns[name]?.[i] ?? NaN),
    ]),
  };
}
