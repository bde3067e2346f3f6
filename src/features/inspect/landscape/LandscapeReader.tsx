/** The landscape on the page: a pointer, or the arrow keys, read a point's loss. */
import { type KeyboardEvent, type PointerEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LossLandscape } from '@/model/lossLandscape';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { plotMarginOf } from '@/ui/chart/chartScale';
import { Plot } from '@/features/inspect/plot/Plot';
import { LandscapePicture, type LandscapePictureProps } from '@/features/inspect/landscape/LandscapePicture';
import classes from '@/features/inspect/landscape/landscape.module.css';

const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

const within = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));

export interface LandscapeReaderProps extends Omit<LandscapePictureProps, 'width' | 'height' | 'cursor'> {
  readonly landscape: LossLandscape;
  readonly label: string;
}

export function LandscapeReader({ label, ...picture }: LandscapeReaderProps) {
  const { landscape, format: axisFormat, ticksOf } = picture;
  const { x, y, loss, accuracy } = landscape;
  const { t } = useTranslation('inspectLandscape');
  const format = useNumberFormat();
  const hintId = useId();
  const [cursor, setCursor] = useState<number | null>(null);
  const shown = cursor !== null && cursor < loss.length ? cursor : null;
  const middle = Math.floor(loss.length / 2);

  const press = (event: KeyboardEvent): void => {
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const from = shown ?? middle;
    const column = within((from % x.length) + move[0], x.length);
    const row = within(Math.floor(from / x.length) + move[1], y.length);
    setCursor(row * x.length + column);
  };
  const yTicks = ticksOf(y[0] ?? 0, y.at(-1) ?? 1);
  const margin = plotMarginOf({
    title: '',
    low: 0,
    high: 1,
    ticks: yTicks,
    format: (value) => axisFormat(value, (yTicks[1] ?? 0) - (yTicks[0] ?? 0)),
  });
  const point = (event: PointerEvent): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (value: number, from: number, to: number): number => (value - from) / (to - from);
    const across = share(event.clientX - box.left, margin.left, box.width - margin.right);
    const up = share(event.clientY - box.top, box.height - margin.bottom, margin.top);
    if (Math.min(across, up) < -0.05 || Math.max(across, up) > 1.05) setCursor(null);
    else
      setCursor(
        within(Math.round(up * (y.length - 1)), y.length) * x.length +
          within(Math.round(across * (x.length - 1)), x.length),
      );
  };
  const reading =
    shown === null
      ? t('read.hint')
      : t('read.point', {
          x: format.loss(x[shown % x.length] ?? 0),
          y: format.loss(y[Math.floor(shown / x.length)] ?? 0),
          loss: format.loss(loss[shown] ?? Number.NaN),
          accuracy: format.percent(accuracy[shown] ?? Number.NaN, 1),
        });
  return (
    <div className={classes['reader']}>
      <Plot label={label} mostWidth={680} testId="landscape-plot">
        {(width) => (
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
          <div
            // All keys are its own, which is what the role tells assistive technology.
            role="application"
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={0}
            aria-label={t('read.label')}
            aria-describedby={hintId}
            className={classes['field']}
            onKeyDown={press}
            onFocus={() => setCursor((at) => at ?? middle)}
            onBlur={() => setCursor(null)}
            onPointerMove={point}
            onPointerDown={point}
            onPointerLeave={(event) => {
              // The page may scroll under a resting pointer while the keys read.
              if (document.activeElement !== event.currentTarget) setCursor(null);
            }}
          >
            <LandscapePicture {...picture} width={width} height={Math.min(width, 600)} cursor={shown} />
          </div>
        )}
      </Plot>
      <output id={hintId} className={classes['reading']} data-testid="landscape-reading">
        {reading}
      </output>
    </div>
  );
}
