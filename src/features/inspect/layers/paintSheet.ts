/** The maps of a page as pixels, enlarged without blur. */
import { valueScale } from '@/ui/picture/valueScale';
import type { Palette } from '@/ui/theme/palette';
import { tilePlace, type SheetLayout } from '@/features/inspect/layers/sheetLayout';

/** The page's maps below each other, a pixel a value. */
function packed(
  values: Float32Array,
  { shape: { width, height }, first, count }: SheetLayout,
  extent: number,
  palette: Palette,
): HTMLCanvasElement {
  const size = width * height;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height * count;
  const context = canvas.getContext('2d');
  if (context === null) return canvas;
  const image = context.createImageData(width, height * count);
  valueScale(palette, extent).paint(values.subarray(first * size, (first + count) * size), image.data);
  context.putImageData(image, 0, 0);
  return canvas;
}

/** @param width of the sheet, CSS px */
export function paintSheet(
  canvas: HTMLCanvasElement,
  values: Float32Array,
  layout: SheetLayout,
  options: { readonly width: number; readonly extent: number; readonly palette: Palette },
): void {
  const { width: sheetWidth, extent, palette } = options;
  const { shape, scale, count } = layout;
  const density = window.devicePixelRatio || 1;
  canvas.width = Math.round(sheetWidth * density);
  canvas.height = Math.round(layout.height * density);
  const context = canvas.getContext('2d');
  if (context === null) return;
  const maps = packed(values, layout, extent, palette);
  context.scale(density, density);
  context.imageSmoothingEnabled = false;
  const [width, height] = [shape.width * scale, shape.height * scale];
  for (let map = 0; map < count; map += 1) {
    const { x, y } = tilePlace(layout, map);
    context.drawImage(maps, 0, map * shape.height, shape.width, shape.height, x, y, width, height);
  }
}
