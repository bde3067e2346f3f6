/** Pictures as PNG: a convolution's filters, and digits that were misread. */
import { encode } from 'fast-png';
import type { LayerOf } from '@/model/layers';
import { channelsOfGroup } from '@/model/layers/conv2d';
import type { TestClasses } from '@/model/testFigures';

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly png: Uint8Array<ArrayBuffer>;
}

/** Square tiles of bytes, row by row. */
interface Tiles {
  readonly count: number;
  /** Pixels of a side. */
  readonly size: number;
  readonly columns: number;
  /** Screen pixels a pixel. */
  readonly zoom: number;
  readonly byteAt: (tile: number, y: number, x: number) => number;
}

const gap = 2;
const background = 255;

function drawTiles({ count, size, columns, zoom, byteAt }: Tiles): Picture {
  const side = size * zoom + gap;
  const across = Math.min(columns, count);
  const width = across * side + gap;
  const height = Math.ceil(count / columns) * side + gap;
  const data = new Uint8Array(width * height).fill(background);
  for (let tile = 0; tile < count; tile += 1) {
    const left = gap + (tile % columns) * side;
    const top = gap + Math.floor(tile / columns) * side;
    for (let y = 0; y < size * zoom; y += 1)
      for (let x = 0; x < size * zoom; x += 1)
        data[(top + y) * width + left + x] = byteAt(tile, Math.floor(y / zoom), Math.floor(x / zoom));
  }
  return { width, height, png: new Uint8Array(encode({ width, height, data, channels: 1, depth: 8 })) };
}

/** As many of a convolution as are shown: filters, and input channels of each. */
const most = { filters: 32, channels: 16 };

/** A row a filter, a tile an input channel of it, or eight a row where it has one; 0 is middle grey, the largest weight black or white. */
export function filterPicture(layer: LayerOf<'Conv2d'>, weight: Float32Array): Picture {
  const { outChannels, kernelSize: size } = layer;
  const channels = channelsOfGroup(layer);
  const shown = Math.min(channels, most.channels);
  let largest = 0;
  for (const value of weight) if (Math.abs(value) > largest) largest = Math.abs(value);
  return drawTiles({
    count: Math.min(outChannels, most.filters) * shown,
    size,
    columns: channels === 1 ? 8 : shown,
    zoom: Math.max(1, Math.round(24 / size)),
    byteAt: (tile, y, x) => {
      const [filter, channel] = [Math.floor(tile / shown), tile % shown];
      const value = weight[((filter * channels + channel) * size + y) * size + x] ?? 0;
      return largest === 0 ? 128 : Math.round(127.5 * (1 + value / largest));
    },
  });
}

export interface Confusion {
  readonly label: number;
  readonly prediction: number;
  /** Test images, by index. */
  readonly indices: readonly number[];
}

/** What was read as what, wrongly; the most frequent first. */
export function confusions({ predictions, labels }: TestClasses): Confusion[] {
  const found = new Map<string, { label: number; prediction: number; indices: number[] }>();
  predictions.forEach((prediction, index) => {
    const label = labels[index] ?? 0;
    if (label === prediction) return;
    const key = `${label},${prediction}`;
    const entry = found.get(key) ?? { label, prediction, indices: [] };
    entry.indices.push(index);
    found.set(key, entry);
  });
  return [...found.values()].sort((a, b) => b.indices.length - a.indices.length);
}

const digitSize = 28;

/** Test images side by side. */
export function digitPicture(indices: readonly number[], images: Uint8Array, columns: number): Picture {
  return drawTiles({
    count: indices.length,
    size: digitSize,
    columns,
    zoom: 2,
    byteAt: (tile, y, x) => images[((indices[tile] ?? 0) * digitSize + y) * digitSize + x] ?? 0,
  });
}
