/** The points of an embedding: a pointer shows the digit under it and draws a lasso, arrow keys go from point to point. */
import { VisuallyHidden } from '@mantine/core';
import { useElementSize, useMediaQuery } from '@mantine/hooks';
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClassName } from '@/panels/data/useShownData';
import { PixelGrid } from '@/panels/drawing/PixelGrid';
import { usePalette } from '@/ui/theme/usePalette';
import { useNumberFormat } from '@/ui/text/numberFormat';
import type { Frame } from '@/features/inspect/embedding/places';
import { isInside, nearestPoint, nextPoint } from '@/features/inspect/embedding/lasso';
import { paintPoints, toPixels } from '@/features/inspect/embedding/paintPoints';
import classes from '@/features/inspect/embedding/embedding.module.css';

export interface ScatterProps {
  /** [n, 2]. */
  readonly points: Float32Array;
  readonly frame: Frame;
  readonly labels: Uint8Array;
  /** [n, 28, 28]. */
  readonly images: Uint8Array;
  readonly visible: ReadonlySet<number>;
  readonly selected: ReadonlySet<number>;
  /** `adds`: to those that are selected. */
  readonly onSelect: (indices: readonly number[], adds: boolean) => void;
  /** A single one was chosen. */
  readonly onShow: (index: number) => void;
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

/** Pixels: how far from a point the pointer finds it, and what is a click, not a lasso. */
const reach = 14;
const clickLength = 5;
const mostHeight = 620;
/** Height over width: square where there is little room. */
const aspectOf = (width: number): number => (width < 520 ? 1 : 0.72);

type Place = readonly [x: number, y: number];

function placeOf(event: PointerEvent<HTMLElement>): Place {
  const box = event.currentTarget.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

/** Pixels from end to end of the line's box. */
function extentOf(line: readonly number[]): number {
  const [xs, ys] = [line.filter((_, i) => i % 2 === 0), line.filter((_, i) => i % 2 === 1)];
  return Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
}

export function Scatter(props: ScatterProps) {
  const { points, frame, labels, images, visible, selected, onSelect, onShow } = props;
  const { t } = useTranslation('inspectEmbedding');
  const format = useNumberFormat();
  const nameOf = useClassName();
  const { scheme } = usePalette();
  const isForced = useMediaQuery('(forced-colors: active)');
  const { ref, width } = useElementSize();
  const height = Math.min(mostHeight, Math.round(width * aspectOf(width)));
  const canvas = useRef<HTMLCanvasElement>(null);
  const hintId = useId();
  const [hovered, setHovered] = useState<number | null>(null);
  const [focused, setFocused] = useState<number | null>(null);
  const [lasso, setLassoShown] = useState<readonly number[] | null>(null);
  /** The same at once: several moves may come before the next picture. */
  const line = useRef<readonly number[] | null>(null);
  const setLasso = (next: readonly number[] | null): void => {
    line.current = next;
    setLassoShown(next);
  };
  const pixels = useMemo(() => toPixels(points, frame, width, height), [points, frame, width, height]);
  const counts = (index: number): boolean => visible.has(labels[index] ?? NaN);

  useEffect(() => {
    const element = canvas.current;
    if (element === null || width === 0) return;
    const density = globalThis.devicePixelRatio;
    element.width = Math.round(width * density);
    element.height = Math.round(height * density);
    paintPoints(element, pixels, labels, { scheme, isForced, visible, selected });
  }, [pixels, labels, scheme, isForced, visible, selected, width, height]);

  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    const place = placeOf(event);
    if (line.current !== null) setLasso([...line.current, ...place]);
    else setHovered(nearestPoint(pixels, place, counts, reach));
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>): void => {
    const drawn = line.current;
    if (drawn === null) return;
    setLasso(null);
    if (extentOf(drawn) < clickLength) {
      const hit = nearestPoint(pixels, placeOf(event), counts, reach);
      if (hit !== null) onShow(hit);
      onSelect(hit === null ? [] : [hit], event.shiftKey);
      return;
    }
    const inside = [...labels.keys()].filter(
      (i) => counts(i) && isInside(pixels[2 * i] ?? NaN, pixels[2 * i + 1] ?? NaN, drawn),
    );
    onSelect(inside, event.shiftKey);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const direction = arrows[event.key];
    if (direction !== undefined) {
      event.preventDefault();
      const start =
        focused === null || !counts(focused) ? nearestPoint(pixels, [width / 2, height / 2], counts) : null;
      setFocused(
        start ?? (focused === null ? null : (nextPoint(pixels, focused, direction, counts) ?? focused)),
      );
    } else if ((event.key === 'Enter' || event.key === ' ') && focused !== null) {
      event.preventDefault();
      onShow(focused);
      onSelect([focused], event.shiftKey);
    } else if (event.key === 'Escape') onSelect([], false);
  };

  const shown = lasso !== null ? null : (hovered ?? focused);
  const label = shown === null ? null : (labels[shown] ?? null);
  const [x, y] = shown === null ? [0, 0] : [pixels[2 * shown] ?? 0, pixels[2 * shown + 1] ?? 0];
  const named =
    shown === null || label === null
      ? ''
      : t('point', { index: format.integer(shown), label: nameOf(label) });
  return (
    <div ref={ref} className={classes['scatterBox']}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- an application is interactive */}
      <div
        className={classes['scatter']}
        style={{ height }}
        role="application"
        aria-label={t('scatter')}
        aria-describedby={hintId}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        data-testid="scatter"
        onKeyDown={onKeyDown}
        onBlur={() => setFocused(null)}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setFocused(null);
          setLasso([...placeOf(event)]);
        }}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => setLasso(null)}
        onPointerLeave={() => setHovered(null)}
      >
        <canvas ref={canvas} className={classes['canvas']} aria-hidden="true" />
        <svg className={classes['overlay']} width={width} height={height} aria-hidden="true">
          {shown !== null && <circle cx={x} cy={y} r={10} className={classes['ring']} />}
          {lasso !== null && <polygon points={lasso.join(' ')} className={classes['lasso']} />}
        </svg>
        {shown !== null && (
          <div
            className={classes['tip']}
            data-side={x > width / 2 ? 'left' : 'right'}
            style={{ left: x, top: Math.min(Math.max(y, 50), Math.max(50, height - 50)) }}
          >
            <PixelGrid pixels={images.subarray(shown * 784, (shown + 1) * 784)} label="" />
            <span>{named}</span>
          </div>
        )}
      </div>
      <p id={hintId} className={classes['note']}>
        {t('scatterHint')}
      </p>
      <VisuallyHidden aria-live="polite">{focused === null ? '' : named}</VisuallyHidden>
    </div>
  );
}
