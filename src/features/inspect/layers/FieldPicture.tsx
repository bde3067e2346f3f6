/** The network's input with the receptive field of a unit on it. */
import { useTranslation } from 'react-i18next';
import type { Region } from '@/model/layers/region';
import { useExportFrame } from '@/ui/export/useExportFrame';
import { ValueImage } from '@/ui/picture/ValueImage';
import { extentOf } from '@/ui/picture/valueScale';
import type { LayerActivation } from '@/features/inspect/layers/layersContext';
import classes from '@/features/inspect/layers/layers.module.css';

/** `3–7`, or `3` alone; counted from 1, as on the rest of the page. */
function span(places: readonly number[]): string {
  const [first = 0, last = first] = [places[0], places.at(-1)];
  return first === last ? String(first + 1) : `${first + 1}–${last + 1}`;
}

export interface FieldPictureProps {
  readonly input: LayerActivation;
  /** Rows and columns. */
  readonly field: Region;
  /** Whose field it is, in words. */
  readonly unit: string;
  /** Of the files, before `-receptive-field`. */
  readonly fileName: string;
}

export function FieldPicture({ input, field: [rows = [], columns = []], unit, fileName }: FieldPictureProps) {
  const { t } = useTranslation('inspectLayers');
  const [, , height = 28, width = 28] = input.shape;
  const [top = 0, left = 0] = [rows[0], columns[0]];
  const [bottom = top, right = left] = [rows.at(-1), columns.at(-1)];
  const text =
    rows.length === 0
      ? t('fieldNothing')
      : t('field', {
          rows: span(rows),
          columns: span(columns),
          size: `${bottom - top + 1} × ${right - left + 1}`,
        });
  const hasGaps = bottom - top + 1 > rows.length || right - left + 1 > columns.length;
  const { frame, menu } = useExportFrame<HTMLElement>({
    label: t('saveField', { unit }),
    fileName: `${fileName}-receptive-field`,
    picture: { heading: unit },
    table: () => ({
      header: ['row', 'column', 'value'],
      rows: rows.flatMap((row) =>
        columns.map((column) => [row + 1, column + 1, input.data[row * width + column] ?? NaN]),
      ),
    }),
  });
  return (
    <figure
      {...frame}
      className={classes['field']}
      data-testid="receptive-field"
      data-rows={span(rows)}
      data-columns={span(columns)}
    >
      <div className={classes['fieldImage']}>
        <ValueImage
          plane={{ values: input.data, width, height, extent: extentOf(input.data) }}
          label={t('input')}
        />
        {rows.length > 0 && (
          <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
            <rect
              x={left}
              y={top}
              width={right - left + 1}
              height={bottom - top + 1}
              className={classes['fieldEdge']}
              vectorEffect="non-scaling-stroke"
            />
          </svg>
        )}
      </div>
      <figcaption>
        <span>
          {text}
          {hasGaps && ` ${t('fieldGaps')}`}
        </span>
        {menu}
      </figcaption>
    </figure>
  );
}
