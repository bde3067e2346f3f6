/** The filters of a convolution as images: their weights, or how those changed since the run began. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conv2d } from '@/model/layers';
import { channelsOfGroup } from '@/model/layers/conv2d';
import { useNetworkAnswer } from '@/panels/network/useNetworkAnswer';
import type { RequestValue } from '@/session/sessionState';
import { useExportFrame } from '@/ui/export/useExportFrame';
import { ColourScale } from '@/ui/picture/ColourScale';
import type { ValuePlane } from '@/ui/picture/ValueImage';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { usePalette } from '@/ui/theme/usePalette';
import { filterLayout } from '@/features/inspect/layers/filterLayout';
import { FilterPicture, paintFilters } from '@/features/inspect/layers/FilterPicture';
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
  const shownChannels = found?.shape[1] ?? 1;
  const { planes, extent } = useMemo(() => {
    if (found === null) return { planes: [], extent: 0 };
    const shown = shownValues(found, what);
    return { planes: planesOf(found, shown.values, shown.extent), extent: shown.extent };
  }, [found, what]);
  useEffect(() => {
    if (canvas.current !== null && planes.length > 0)
      paintFilters(canvas.current, planes, layout, { channels: shownChannels, palette, width });
  }, [planes, layout, shownChannels, palette, width]);
  const range = (from: number, size: number, count: number): string =>
    t('range', { from: from + 1, to: Math.min(count, from + size), count });
  const title = t(what === 'weights' ? 'filtersOf' : 'changeOf', { layer: name });
  const { frame, menu } = useExportFrame<HTMLDivElement>(
    found === null
      ? undefined
      : {
          label: t('saveFilters', { layer: name }),
          fileName: `${name}-${what === 'weights' ? 'filters' : 'filter-changes'}`,
          picture: (
            <FilterPicture
              title={title}
              planes={planes}
              channels={shownChannels}
              layout={layout}
              palette={palette}
            />
          ),
          table: () => ({
            header: ['filter', 'channel', 'row', 'column', 'weight', 'initial'],
            rows: rowsOf(found, first),
          }),
        },
  );
  return (
    <div {...frame}>
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
        {menu}
      </div>
    </div>
  );
}
