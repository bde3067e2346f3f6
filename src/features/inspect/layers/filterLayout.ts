/** How the filters of a convolution lie on their sheet: a row a filter, a kernel a channel; those of one channel side by side. */

export interface FilterLayout {
  /** Filters and channels of a page. */
  readonly filters: number;
  readonly channels: number;
  readonly filterPages: number;
  readonly channelPages: number;
  /** Side of a weight's square. */
  readonly scale: number;
  readonly gap: number;
  readonly perRow: number;
  readonly height: number;
}

const largestTile = 35;
const mostRows = 8;
const gap = 4;

/** @param channels that each filter reads */
export function filterLayout(
  filters: number,
  channels: number,
  kernelSize: number,
  width: number,
): FilterLayout {
  const scale = Math.max(2, Math.floor(largestTile / kernelSize));
  const tile = kernelSize * scale + gap;
  const perRow = Math.max(1, Math.floor((width + gap) / tile));
  const isFlat = channels === 1;
  const shownFilters = Math.min(filters, isFlat ? mostRows * perRow : mostRows);
  const shownChannels = Math.min(channels, perRow);
  const rows = isFlat ? Math.ceil(shownFilters / perRow) : shownFilters;
  return {
    filters: shownFilters,
    channels: shownChannels,
    filterPages: Math.ceil(filters / shownFilters),
    channelPages: Math.ceil(channels / shownChannels),
    scale,
    gap,
    perRow: isFlat ? perRow : shownChannels,
    height: rows * tile - gap,
  };
}
