/** How the filters of a convolution lie on their sheet: each a row of kernels, one a channel that it reads, and as many side by side as fit. */

export interface FilterLayout {
  /** Filters and channels of a page. */
  readonly filters: number;
  readonly channels: number;
  readonly filterPages: number;
  readonly channelPages: number;
  /** Side of a weight's square. */
  readonly scale: number;
  readonly height: number;
  /** Left upper corner of a kernel; `filter` and `channel` count from the page's first. */
  readonly placeOf: (filter: number, channel: number) => { readonly x: number; readonly y: number };
}

const largestTile = 35;
const mostRows = 8;
const gap = 3;
/** Beside a filter. */
const filterGap = 12;

/** @param channels that each filter reads */
export function filterLayout(
  filters: number,
  channels: number,
  kernelSize: number,
  width: number,
): FilterLayout {
  const scale = Math.max(2, Math.floor(largestTile / kernelSize));
  const tile = kernelSize * scale + gap;
  const shownChannels = Math.min(channels, Math.max(1, Math.floor((width + gap) / tile)));
  const filterWidth = shownChannels * tile - gap + (channels === 1 ? gap : filterGap);
  const perRow = Math.max(1, Math.floor((width + filterWidth - (shownChannels * tile - gap)) / filterWidth));
  const shownFilters = Math.min(filters, mostRows * perRow);
  return {
    filters: shownFilters,
    channels: shownChannels,
    filterPages: Math.ceil(filters / shownFilters),
    channelPages: Math.ceil(channels / shownChannels),
    scale,
    height: Math.ceil(shownFilters / perRow) * tile - gap,
    placeOf: (filter, channel) => ({
      x: (filter % perRow) * filterWidth + channel * tile,
      y: Math.floor(filter / perRow) * tile,
    }),
  };
}
