/** The filters of a convolution as images: their weights, or how those changed since the run began. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conv2d } from '@/model/layers';
import { channelsOfGroup } from '@/model/layers/conv2d';
import { useNetworkAnswer } from '@/panels/network/useNetworkAnswer';
import type { RequestValue } from '@/session/sessionState';
import { ExportMenu } from '@/ui/export/ExportMenu';
import { ColourScale } from '@/ui/picture/ColourScale';
import { PlanePicture, type ValuePlane } from '@/ui/picture/ValueImage';
import { valueScale } from '@/ui/picture/valueScale';
import { useNumberFormat } from '@/ui/text/numberFormat';
import type { Palette } from '@/ui/theme/palette';
import { usePalette } from '@/ui/theme/usePalette';
import { filterLayout, type FilterLayout } from '@/features/inspect/layers/filterLayout';
import { useLayers } from '@/features/inspect/layers/layersStore';
import { Pager } from '@/features/inspect/layers/Pager';
import classes from '@/features/inspect/layers/layers.module.css';

type Filters = RequestValue<'filters'>;

/** Weights change slowly, and large layers have many. */
const refreshMilliseconds = 1000;

/** What is shown of the weights, and the value with the strongest colour. */
function shownValues(filters: Filters, what: 'weights' | 'change'): { values: Float32Array; extent: number } {
  const { weight, initial, largestWeight, largestChange } = filters;
  return what === 'weights'
    ? { values: weight, extent: largestWeight }
    : { values: weight.map((value, i) => value - (initial[i] ?? 0)), extent: largestChange };
}

function place(
  { scale, gap, perRow }: FilterLayout,
  kernelSize: number,
  tile: number,
): { x: number; y: number } {
  const side = kernelSize * scale + gap;
  return { x: (tile % perRow) * side, y: Math.floor(tile / perRow) * side };
}

/** One plane a kernel: filter after filter, channel after channel. */
function planesOf(
  { shape: [filters, channels, size] }: Filters,
  values: Float32Array,
  extent: number,
): ValuePlane[] {
  return Array.from({ length: filters * channels }, (_, i) => ({
    values: values.subarray(i * size * size, (i + 1) * size * size),
    width: size,
    height: size,
    extent,
  }));
}

function paint(
  canvas: HTMLCanvasElement,
  planes: readonly ValuePlane[],
  layout: FilterLayout,
  palette: Palette,
  width: number,
): void {
  const density = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(layout.height * density);
  const context = canvas.getContext('2d');
  const [first] = planes;
  if (context === null || first === undefined) return;
  const { width: size, extent } = first;
  const small = document.createElement('canvas');
  small.width = size;
  small.height = size * planes.length;
  const packed = small.getContext('2d');
  if (packed === null) return;
  const image = packed.createImageData(small.width, small.height);
  const scale = valueScale(palette, extent);
  for (const [i, { values }] of planes.entries()) scale.paint(values, image.data, i * size * size * 4);
  packed.putImageData(image, 0, 0);
  context.scale(density, density);
  context.imageSmoothingEnabled = false;
  const side = size * layout.scale;
  for (let i = 0; i < planes.length; i += 1) {
    const { x, y } = place(layout, size, i);
    context.drawImage(small, 0, i * size, size, size, x, y, side, side);
  }
}

interface PictureProps {
  readonly title: string;
  readonly planes: readonly ValuePlane[];
  readonly layout: FilterLayout;
  readonly palette: Palette;
}

function FilterPicture({ title, planes, layout, palette }: PictureProps) {
  const [margin, head] = [20, 34];
  const size = planes[0]?.width ?? 1;
  const last = place(layout, size, planes.length - 1);
  const across = Math.min(planes.length, layout.perRow) * (size * layout.scale + layout.gap);
  const [width, height] = [
    2 * margin + Math.max(260, across),
    2 * margin + head + last.y + size * layout.scale,
  ];
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      fontFamily="Inter, system-ui, sans-serif"
    >
      <rect width={width} height={height} fill={palette.paper} />
      <text x={margin} y={margin + 14} fontSize={16} fontWeight={650} fill={palette.ink}>
        {title}
      </text>
      {planes.map((plane, i) => {
        const { x, y } = place(layout, size, i);
        const side = size * layout.scale;
        return (
          <PlanePicture
            key={i}
            plane={plane}
            palette={palette}
            x={margin + x}
            y={margin + head + y}
            width={side}
            height={side}
          />
        );
      })}
    </svg>
  );
}

/** Every weight of this page, with what it was. */
function rowsOf(
  { shape: [, channels, size], weight, initial }: Filters,
  first: { readonly filter: number; readonly channel: number },
): number[][] {
  const [perChannel, perFilter] = [size * size, channels * size * size];
  return Array.from(weight, (value, i) => [
    first.filter + Math.floor(i / perFilter) + 1,
    first.channel + (Math.floor(i / perChannel) % channels) + 1,
    (Math.floor(i / size) % size) + 1,
    (i % size) + 1,
    value,
    initial[i] ?? NaN,
  ]);
}

export interface FilterSheetProps {
  readonly layer: Conv2d;
  readonly what: 'weights' | 'change';
  readonly width: number;
}

export function FilterSheet({ layer, what, width }: FilterSheetProps) {
  const { t } = useTranslation('inspectLayers');
  const format = useNumberFormat();
  const palette = usePalette();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pages, setPages] = useState({ filter: 0, channel: 0 });
  const { name, outChannels, kernelSize } = layer;
  const channels = channelsOfGroup(layer);
  const layout = useMemo(
    () => filterLayout(outChannels, channels, kernelSize, width),
    [outChannels, channels, kernelSize, width],
  );
  const isInSight = useLayers((state) => state.inSight.has(name));
  const first = {
    filter: Math.min(pages.filter, layout.filterPages - 1) * layout.filters,
    channel: Math.min(pages.channel, layout.channelPages - 1) * layout.channels,
  };
  const params = useMemo(
    () =>
      isInSight
        ? {
            layer: name,
            filters: { first: first.filter, count: layout.filters },
            channels: { first: first.channel, count: layout.channels },
          }
        : null,
    [isInSight, name, first.filter, first.channel, layout.filters, layout.channels],
  );
  const { answer } = useNetworkAnswer('filters', params, refreshMilliseconds);
  const found = answer?.value ?? null;
  const { planes, extent } = useMemo(() => {
    if (found === null) return { planes: [], extent: 0 };
    const shown = shownValues(found, what);
    return { planes: planesOf(found, shown.values, shown.extent), extent: shown.extent };
  }, [found, what]);
  useEffect(() => {
    if (canvas.current !== null && planes.length > 0) paint(canvas.current, planes, layout, palette, width);
  }, [planes, layout, palette, width]);
  const range = (from: number, size: number, count: number): string =>
    t('range', { from: from + 1, to: Math.min(count, from + size), count });
  const title = t(what === 'weights' ? 'filtersOf' : 'changeOf', { layer: name });
  return (
    <>
      <canvas
        ref={canvas}
        style={{ width, height: layout.height }}
        {...{ role: 'img', 'aria-label': title }}
        data-testid={`filters-${name}`}
        data-change={found === null ? undefined : found.relativeChange}
      />
      <div className={classes['foot']}>
        {found !== null && (
          <>
            <ColourScale palette={palette} extent={extent} />
            <span className={classes['change']}>
              {t('relativeChange', { percent: format.percent(found.relativeChange, 1) })}
            </span>
          </>
        )}
        <Pager
          label={t('filterPages', { layer: name })}
          page={first.filter / layout.filters}
          pages={layout.filterPages}
          text={t('filterRange', { range: range(first.filter, layout.filters, outChannels) })}
          onTurn={(filter) => setPages({ ...pages, filter })}
        />
        <Pager
          label={t('channelPages', { layer: name })}
          page={first.channel / layout.channels}
          pages={layout.channelPages}
          text={t('channelRange', { range: range(first.channel, layout.channels, channels) })}
          onTurn={(channel) => setPages({ ...pages, channel })}
        />
        {found !== null && (
          <ExportMenu
            label={t('saveFilters', { layer: name })}
            fileName={`${name}-filters`}
            picture={<FilterPicture title={title} planes={planes} layout={layout} palette={palette} />}
            table={() => ({
              header: ['filter', 'channel', 'row', 'column', 'weight', 'initial'],
              rows: rowsOf(found, first),
            })}
          />
        )}
      </div>
    </>
  );
}
