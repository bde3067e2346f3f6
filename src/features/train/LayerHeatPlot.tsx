/** A heat plot on a canvas, with the layers' names beside it and the value under the pointer below it. */
import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { heatColour, heatGradient } from '@/ui/theme/heatColours';
import type { HeatMark } from '@/features/train/heatEvidence';
import { heatPosition, type HeatGrid } from '@/features/train/heatGrid';
import type { LayerQuantity } from '@/model/layerQuantities';
import { useQuantityText } from '@/ui/text/useQuantityText';
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/train/layers.module.css';

/** One pixel a value; the style sheet stretches the canvas. */
function draw(canvas: HTMLCanvasElement, grid: HeatGrid, quantity: LayerQuantity): void {
  const width = Math.max(1, grid.steps.length);
  const height = Math.max(1, grid.layers.length);
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  grid.values.forEach((row, y) =>
    row.forEach((value, x) => {
      const position = heatPosition(value, grid, quantity);
      // What is not finite stays transparent: the panel shows through.
      if (position === null) return;
      const at = 4 * (y * width + x);
      image.data.set(heatColour(position), at);
      image.data[at + 3] = 255;
    }),
  );
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}

/** As in layers.module.css. */
const rowPixels = 18;

interface Place {
  readonly row: number;
  readonly column: number;
}

export function LayerHeatPlot({
  grid,
  quantity,
  marks,
}: {
  readonly grid: HeatGrid;
  readonly quantity: LayerQuantity;
  /** What the doctor points at. */
  readonly marks: readonly HeatMark[];
}) {
  const { t } = useTranslation('doctor');
  const format = useNumberFormat();
  const text = useQuantityText();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [place, setPlace] = useState<Place | null>(null);
  useEffect(() => {
    if (canvas.current !== null) draw(canvas.current, grid, quantity);
  }, [grid, quantity]);

  const valueText = (value: number): string => text.value(quantity, value);
  const point = (event: PointerEvent<HTMLCanvasElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const part = (offset: number, size: number, count: number): number =>
      Math.min(count - 1, Math.max(0, Math.floor((offset / size) * count)));
    setPlace({
      row: part(event.clientY - box.top, box.height, grid.layers.length),
      column: part(event.clientX - box.left, box.width, grid.steps.length),
    });
  };
  const pointed = place === null ? undefined : grid.values[place.row]?.[place.column];
  return (
    <>
      <div className={classes['plot']} style={{ height: rowPixels * grid.layers.length }}>
        <ol className={classes['names']} aria-hidden="true">
          {grid.layers.map((layer) => (
            <li key={layer} title={layer}>
              {layer}
            </li>
          ))}
        </ol>
        <figure
          className={classes['figure']}
          aria-label={t('statistics.plot', {
            quantity: text.name(quantity),
            layers: format.integer(grid.layers.length),
            step: format.integer((grid.steps.at(-1) ?? 0) + 1),
          })}
        >
          <canvas
            ref={canvas}
            className={classes['canvas']}
            aria-hidden="true"
            onPointerMove={point}
            onPointerDown={point}
            onPointerLeave={() => setPlace(null)}
          />
          {marks.map(({ layer, row, left, right }) => (
            <span
              key={layer}
              className={classes['mark']}
              data-testid="layer-mark"
              aria-hidden="true"
              style={{
                top: rowPixels * row,
                height: rowPixels,
                left: `${100 * left}%`,
                width: `${100 * (right - left)}%`,
              }}
            />
          ))}
        </figure>
      </div>
      <div className={classes['legend']}>
        <span>{valueText(grid.low)}</span>
        <span className={classes['scale']} style={{ background: heatGradient }} aria-hidden="true" />
        <span>{valueText(grid.high)}</span>
        <span className={classes['pointed']}>
          {place !== null &&
            pointed !== undefined &&
            t('statistics.at', {
              step: format.integer((grid.steps[place.column] ?? 0) + 1),
              layer: grid.layers[place.row] ?? '',
              value: valueText(pointed),
            })}
        </span>
      </div>
    </>
  );
}
