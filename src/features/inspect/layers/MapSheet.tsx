/** A layer's maps as one picture; the pointer and the keys choose a unit of it. */
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ColourScale } from '@/ui/picture/ColourScale';
import { extentOf } from '@/ui/picture/valueScale';
import { usePalette } from '@/ui/theme/usePalette';
import { layersActions, useLayers, type Unit } from '@/features/inspect/layers/layersStore';
import { useLayersContext, type LayerActivation } from '@/features/inspect/layers/layersContext';
import { paintSheet } from '@/features/inspect/layers/paintSheet';
import { Pager } from '@/features/inspect/layers/Pager';
import {
  isImages,
  mapShape,
  movedUnit,
  pageSize,
  sheetLayout,
  tilePlace,
  unitAt,
  type SheetLayout,
} from '@/features/inspect/layers/sheetLayout';
import type { Shape } from '@/model/shape';
import classes from '@/features/inspect/layers/layers.module.css';

/** The unit that is looked at, where it is on this page. */
function Marker({ layout, unit }: { readonly layout: SheetLayout; readonly unit: Unit }) {
  const { shape, scale, first, count } = layout;
  const map = unit.map - first;
  if (map < 0 || map >= count) return null;
  const { x, y } = tilePlace(layout, map);
  return (
    <>
      {isImages(shape) && (
        <div
          className={classes['markedMap']}
          style={{ left: x, top: y, width: shape.width * scale, height: shape.height * scale }}
        />
      )}
      <div
        className={classes['marker']}
        style={{ left: x + unit.column * scale, top: y + unit.row * scale, width: scale, height: scale }}
      />
    </>
  );
}

export interface MapSheetProps {
  readonly name: string;
  readonly shape: Shape;
  readonly width: number;
  readonly activation: LayerActivation | undefined;
}

function useUnits({ name, shape }: MapSheetProps, layout: SheetLayout) {
  const { openInLab } = useLayersContext();
  const maps = useMemo(() => mapShape(shape), [shape]);
  const unit = useLayers((state) => (state.unit?.layer === name ? state.unit : null));
  const isPinned = useLayers((state) => state.isPinned);
  const at = (event: PointerEvent<HTMLElement>): Unit | null => {
    const box = event.currentTarget.getBoundingClientRect();
    const found = unitAt(layout, event.clientX - box.left, event.clientY - box.top);
    return found === null ? null : { layer: name, map: found[0], row: found[1], column: found[2] };
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    const found = at(event);
    if (found !== null) layersActions.point(found);
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    const found = at(event);
    if (found === null) return;
    const isSame = unit?.map === found.map && unit.row === found.row && unit.column === found.column;
    if (isPinned && isSame) layersActions.release();
    else layersActions.pin(found);
  };
  const open = (): void => {
    if (unit !== null) openInLab(unit);
  };
  /** A sheet that is come to with the keyboard has a unit at once: the one that it had, or the middle of its first map. */
  const begin = (): Unit => ({
    layer: name,
    map: layout.first,
    row: Math.floor(maps.height / 2),
    column: Math.floor(maps.width / 2),
  });
  const onFocus = (event: { readonly currentTarget: HTMLElement }): void => {
    if (unit === null && event.currentTarget.matches(':focus-visible')) layersActions.pin(begin());
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') return layersActions.release();
    const from = unit ?? begin();
    if (event.key === 'Enter') {
      event.preventDefault();
      return open();
    }
    const to = movedUnit(maps, [from.map, from.row, from.column], event.key);
    if (to === null) return;
    event.preventDefault();
    const [map, row, column] = to;
    layersActions.pin({ layer: name, map, row, column });
    layersActions.turn(name, Math.floor(map / pageSize(maps)));
  };
  return { unit, handlers: { onPointerMove, onPointerDown, onFocus, onKeyDown, onDoubleClick: open } };
}

export function MapSheet(props: MapSheetProps) {
  const { t } = useTranslation('inspectLayers');
  const hintId = useId();
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  const { name, shape, width, activation } = props;
  const isInLab = useLayersContext().labPlace(name) !== null;
  const page = useLayers((state) => state.pages.get(name) ?? 0);
  const layout = useMemo(() => sheetLayout(mapShape(shape), width, page), [shape, width, page]);
  const extent = useMemo(() => (activation === undefined ? 0 : extentOf(activation.data)), [activation]);
  useEffect(() => {
    if (canvas.current === null) return;
    // What went out of sight is not asked for any more: its old values would stand beside another image, step or theme.
    if (activation === undefined) canvas.current.width = 1;
    else paintSheet(canvas.current, activation.data, layout, { width, extent, palette });
  }, [activation, layout, width, extent, palette]);
  const { unit, handlers } = useUnits(props, layout);
  const { first, count, pages, shape: maps } = layout;
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        className={classes['sheet']}
        style={{ height: layout.height }}
        data-testid={`maps-${name}`}
        data-empty={activation === undefined}
        // All keys are its own, which is what the role tells assistive technology.
        role="application"
        aria-label={t(isImages(maps) ? 'maps' : 'features', {
          layer: name,
          count: maps.maps,
          size: `${maps.height} × ${maps.width}`,
        })}
        aria-describedby={hintId}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        {...handlers}
      >
        <canvas ref={canvas} style={{ width, height: layout.height }} aria-hidden="true" />
        {unit !== null && <Marker layout={layout} unit={unit} />}
      </div>
      <span id={hintId} hidden>
        {t(isInLab ? 'keysInLab' : 'keys')}
      </span>
      <div className={classes['foot']}>
        {activation !== undefined && <ColourScale palette={palette} extent={extent} />}
        <Pager
          label={t('pages', { layer: name })}
          page={Math.floor(first / pageSize(maps))}
          pages={pages}
          text={t('range', { from: first + 1, to: first + count, count: maps.maps })}
          onTurn={(to) => layersActions.turn(name, to)}
        />
      </div>
    </>
  );
}
